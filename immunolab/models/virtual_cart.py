"""The virtual tumour under CAR-T cells: two more states on the same equations.

CAR-T cells multiply on the target they see, kill what carries it, and leave a small memory. In a solid tumour they
meet the same barriers as other T cells.

Contraction and decline are those of tisagenlecleucel in blood, and multiplication is set so that expansion is as well
(Stein 2019: ln(3900) / 9.3 a day, plus the contraction); all other numbers are illustrative. Antigen-positive cells carry
the target, antigen-negative ones do not.
"""

from __future__ import annotations

from immunolab.kinds import ODE, Check, Jump, Parameter, Quantity, Source
from immunolab.models import virtual_tumour as core

STEIN = Source("Stein 2019, rates in blood", doi="10.1002/psp4.12388")
CONTRACTION = 0.16  # per day, Stein 2019
MEMORY_SHARE = 0.0079  # Stein 2019


def rhs(t, y, p):
    """The virtual tumour's equations, less what CAR-T cells kill, and the CAR-T cells' own."""
    positive, negative, progenitor, effector, terminal, suppressive, danger, cart, memory = y
    d_positive, d_negative, *others = core.rhs(
        t, (positive, negative, progenitor, effector, terminal, suppressive, danger), p
    )
    # In blood cells meet freely; in tissue CAR-T cells are kept out and down like others.
    in_tissue = core.entry_of(core.treated(t, p), p) * core.suppression_of(suppressive, p)
    met = 1 - p.solid * (1 - in_tissue)
    cart_killing = p.cart_killing * met * cart / (p.half_killing + positive + negative)
    stimulus = positive / (p.half_stimulus + positive)
    expansion = p.cart_expansion * stimulus * met * (1 - cart)
    worn = p.cart_exhaustion * stimulus
    recalled = p.recall * stimulus * memory

    d_cart = (expansion - CONTRACTION - worn) * cart + recalled
    remembered = MEMORY_SHARE * (CONTRACTION - p.memory_death) * cart
    return (
        d_positive - cart_killing * positive,
        d_negative - p.bystander * cart_killing * stimulus * negative,
        *others,
        d_cart,
        remembered - p.memory_death * memory - recalled,
    )


def infuse(t, y, p):
    """One infusion, on the day on which treatment starts."""
    *tumour, cart, memory = y
    return (*tumour, cart + p.dose, memory)


# fmt: off
PARAMETERS = (
    Parameter("dose", "C_0", "CAR-T cells given", "of a strong response", 1 / 3900, (0.0, 0.01)),
    Parameter("solid", r"\theta", "Solid tumour (0: blood)", "", 0.0, (0.0, 1.0), steps=1),
    Parameter("cart_killing", "k_C", "Killing by CAR-T cells", "per day", 0.15, (0.0, 0.2)),
    Parameter("cart_expansion", "p_C", "Multiplication on antigen", "per day", 1.05, (0.2, 1.5)),
    Parameter("half_stimulus", "K_C", "Tumour at half of that", "of the largest", 0.001, (1e-5, 0.1), "log"),
    Parameter("cart_exhaustion", "x_C", "Exhaustion of CAR-T cells by antigen", "per day", 0.0, (0.0, 0.6)),
    Parameter("recall", "a_M", "Memory recalled by antigen", "per day", 0.05, (0.0, 0.5)),
    Parameter("memory_death", r"\delta_M", "Decline of memory", "per day", 0.0032, (0.0005, 0.05), "log", STEIN),
)
# fmt: on

virtual_cart = ODE(
    name="virtual_cart",
    title="A virtual tumour under CAR-T cells",
    rhs=rhs,
    initial=lambda p: (*core.initial(p), 0.0, 0.0),
    observe=lambda t, y, p: core.observe(t, y[:7], p),
    breaks=core.breaks,
    jumps=(
        Jump(core.fractions, lambda t, y, p: (*core.irradiate(t, y[:7], p), y[7], y[8])),
        Jump(lambda p: (p.start,), infuse),
    ),
    extinctions=core.virtual_tumour.extinctions,
    states=(
        *core.virtual_tumour.states,
        Quantity("cart", "C", "CAR-T cells", "of a strong response", 1e-9),
        Quantity("memory", "M", "CAR-T memory", "of a strong response", 1e-9),
    ),
    observables=core.virtual_tumour.observables,
    parameters=(
        *PARAMETERS,
        *core.PARAMETERS,
    ),
    span=(0.0, 600.0),
    points=601,
    summary=(
        "CAR-T cells multiply a thousandfold on what they kill, and fade when it is gone. A tumour that comes back "
        "has lost the target, or has outlived the cells; a solid one may never have met them."
    ),
    leaves_out=(
        "Harm: cytokine release and neurotoxicity follow the expansion, and are not in it.",
        "The difference between two losses: a cell without MHC-I may still carry the target, which CAR-T cells see without HLA. Here antigen and target are lost together.",
        "Solid tumours as they are: with few barriers CAR-T cells nearly clear one here; in patients they seldom have.",
        "The product: cells differ between patients more than anything in these equations.",
        *core.virtual_tumour.leaves_out,
    ),
    checks=(
        Check(
            "Expansion, contraction and decline come out as they were put in from Stein 2019; the peak comes on day 12 (Stein: 9.3).",
            "derived",
            "test_cart_cells_follow_the_published_rates",
        ),
        Check(
            "Loss of the target ends in a relapse without it; killing of neighbours delays it.",
            "derived",
            "test_cart_relapse_without_the_target",
        ),
        Check(
            "Without an infusion it is the virtual tumour.",
            "derived",
            "test_without_infusion_it_is_the_virtual_tumour",
        ),
    ),
)
