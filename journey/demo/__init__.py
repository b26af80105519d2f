"""A simulated shop whose truth is known: 20,000 people, 180 days up to and including 2026-10-31, about 600,000 events.

It sells goods in six categories and a subscription, Plus (EUR 7.90 a month).  Every estimator of the product is checked
against what was planted here: `shop.truth` holds the parameters and what the drawn sample realised.

Events, by what they are part of.  Those on the site carry `device` (desktop, mobile, tablet, app), `channel` (how this
visit came: Direct, Organic search, Brand search, Newsletter, Social, Display, Affiliate) and `plan` (free, plus; null
before the first log in).  The first event of a visit also carries `touch`, which equals its channel: one touch a visit.

looking      Home, Search (query), Category page (category), Product page (product, category), Promo page (campaign),
             Wishlist (product, category), Help page, Account
joining      Sign up, Log in, Welcome tour, Profile completed: the last two are onboarding
buying       Add to cart (product, category, price), Checkout, Payment, Payment failed, Purchase (order, product, category,
             line=shop, quantity, revenue, coupon)
after        Delivered (order, delay_days: 0 is on time), Refund requested (order), Refund (order, revenue: negative),
             Refund refused (order), Review (product, rating 1-5), Referral, Survey answered (csat 1-5)
Plus         Plus started, Plus renewed (line=plus, revenue=7.90), Plus cancelled
support      Support ticket (ticket, text), Ticket closed (ticket, csat 1-5 or null, wait_hours), Call back
messages     Email sent, Email opened (campaign), Campaign assigned (campaign, action, segment, propensity, cost)
experiments  Experiment viewed (experiment, variant)

So the sum of `revenue` over all events is net revenue.  `customer` is null until a visit logs in; `anonymous_id` is null
for what does not happen on a device (deliveries, e-mails, renewals, calls).

Customers: customer, signup, country, timezone, interest (category), acquisition (channel), minor, vulnerable, holdout (in
the permanent holdout of all campaigns), email.  Consent: customer, purpose (analytics, marketing, personalisation), given, ts.
"""

from journey.demo.load import load_shop, write_shop
from journey.demo.shop import Shop, generate_shop

__all__ = ["Shop", "generate_shop", "load_shop", "write_shop"]
