"""What people write to support: templates with slots, so that no two tickets need be the same."""

import numpy as np
import polars as pl

from journey.demo import world
from journey.demo.support import ACCESS, BILLING, CHANGE, DAMAGED, LATE, PAYMENT, QUESTION, REFUND

OPENINGS = ("Hello, ", "Hi, ", "Good morning, ", "", "", "Dear team, ", "Hey, ")
ENDINGS = (
    "",
    " Thanks.",
    " Please get back to me soon.",
    " This is the second time I write.",
    " Kind regards.",
    " I am not happy about this.",
)
TEMPLATES = {
    LATE: (
        "my parcel {order} has not arrived. The tracking has not moved for {days} days.",
        "where is my delivery? {product} should have been here {days} days ago.",
        "order {order} is late again, the courier says nothing. I needed the {product} this week.",
        "still waiting for my package after {days} days. Can you check with the carrier?",
    ),
    REFUND: (
        "I sent back the {product} {days} days ago and want my money back.",
        "please refund order {order}, it does not suit me. I returned it already.",
        "how long does a refund take? I returned {product} and nothing is on my account yet.",
        "I would like to return order {order} and get a refund.",
    ),
    DAMAGED: (
        "the {product} arrived broken. The box was crushed on one side.",
        "my order {order} came damaged, there are cracks in the {product}.",
        "one part of the {product} is missing and the rest is scratched.",
        "the {product} stopped working after {days} days, it seems defective.",
    ),
    PAYMENT: (
        "my card is declined at checkout although it works elsewhere.",
        "I tried to pay {days} times and the payment page shows an error.",
        "payment failed but the amount was taken from my bank account.",
        "I cannot pay with my credit card, the bank's confirmation never opens.",
    ),
    BILLING: (
        "why was I charged twice for Plus this month?",
        "I want to end my Plus subscription but cannot find where.",
        "the Plus fee was taken although I cancelled {days} days ago.",
        "does my Plus membership renew by itself? I got an invoice I did not expect.",
    ),
    ACCESS: (
        "I cannot log in, the password reset mail never comes.",
        "my account is locked after I changed my phone.",
        "the reset link says it has expired. I need to get into my account.",
        "the app logs me out every day and asks for my password again.",
    ),
    QUESTION: (
        "is the {product} suitable for a beginner?",
        "when will the {product} be back in stock?",
        "does the {product} come with a manual, and what size is it?",
        "can the {product} go in the dishwasher?",
    ),
    CHANGE: (
        "please change the delivery address of order {order}.",
        "can I add a {product} to order {order} before it ships?",
        "I ordered the wrong {product}, please swap it before you send it.",
        "please cancel order {order}, I ordered it twice by mistake.",
    ),
}


def ticket_texts(intent: np.ndarray, orders: pl.Series, rng: np.random.Generator) -> pl.Series:
    """(tickets,): one text each."""
    count = len(intent)
    choice = rng.integers(0, 4, count)
    templates = [TEMPLATES[code][pick] for code, pick in zip(intent.tolist(), choice.tolist(), strict=True)]
    products = [world.PRODUCT_NAMES[code].lower() for code in rng.integers(0, len(world.PRODUCT_NAMES), count).tolist()]
    starts, ends = rng.integers(0, len(OPENINGS), count).tolist(), rng.integers(0, len(ENDINGS), count).tolist()
    days = rng.integers(2, 12, count).tolist()
    texts = []
    for row, order in enumerate(orders.to_list()):
        body = templates[row].format(order=order or "from last week", product=products[row], days=days[row])
        text = OPENINGS[starts[row]] + body + ENDINGS[ends[row]]
        texts.append(text[0].upper() + text[1:])
    return pl.Series("text", texts, dtype=pl.String)
