"""What the log says of the inputs, as SQL: who was active and what they brought, who went, who came by and bought."""

BASE = """with active as (
    -- those who did something themselves
    select distinct e.customer
    from events e
    where e.ts >= $since and e.ts < $until and {did} and {inside}
),
brought as (
    -- what their payments come to
    select
        e.customer,
        sum({amount}) as money,
        sum(case when {amount} > 0 then 1 else 0 end) as orders
    from events e
    where e.ts >= $since and e.ts < $until and {amount} is not null and {inside}
    group by e.customer
),
base as (
    -- who is counted
    {counted}
)"""

COUNTED = {
    "active": """select
        a.customer,
        coalesce(b.money, 0) as money,
        coalesce(b.orders, 0) as orders
    from active a
    left join brought b on b.customer = a.customer""",
    "paying": """select
        customer,
        money,
        orders
    from brought
    where orders > 0""",
}

CUSTOMERS = (
    """-- How many customers are there, and what does one bring in 30 days?
-- customers: counted; paying: of them; mean, sd: money per customer, refunds taken off
"""
    + BASE
    + """
select
    count(*) as customers,
    coalesce(sum(case when orders > 0 then 1 else 0 end), 0) as paying,
    avg(money) as mean,
    stddev_samp(money) as sd
from base"""
)

WHO = (
    BASE
    + """
select c.id
from base b
join customers c on c.customer = b.customer
order by c.id"""
)

SINCE = """,
since as (
    -- those who did something after it
    select distinct e.customer
    from events e
    where e.ts >= $until and e.ts < $end and {did}
)"""

GONE = (
    """-- Of those of a month, how many did nothing afterwards?
-- customers: of the 30 days; gone: of them; mean_gone: money that each of these had brought in them
"""
    + BASE
    + SINCE
    + """
select
    count(*) as customers,
    count(*) - count(s.customer) as gone,
    avg(case when s.customer is null then b.money end) as mean_gone
from base b
left join since s on s.customer = b.customer"""
)

WHO_WENT = (
    BASE
    + SINCE
    + """
select c.id
from base b
join customers c on c.customer = b.customer
left join since s on s.customer = b.customer
where s.customer is null
order by c.id"""
)

VISITED = """with visited as (
    -- who came by, and when first
    select e.customer, min(e.ts) as first_ts
    from events e
    where e.ts >= $since and e.ts < $until and {step} and {inside}
    group by e.customer
),
bought as (
    -- those of them who reached the goal then or later
    select distinct e.customer
    from events e
    join visited v on v.customer = e.customer
    where e.ts >= v.first_ts and e.ts < $until and {goal}
)"""

VISITORS = (
    """-- How many customers came by in 30 days, and how many of them reached the goal?
-- visitors: customers; converted: of them
"""
    + VISITED
    + """
select
    count(*) as visitors,
    count(b.customer) as converted
from visited v
left join bought b on b.customer = v.customer"""
)

WHO_CAME = (
    VISITED
    + """
select c.id
from visited v
join customers c on c.customer = v.customer
order by c.id"""
)

WHO_BOUGHT = (
    VISITED
    + """
select c.id
from bought b
join customers c on c.customer = b.customer
order by c.id"""
)

SPENT = """with spent as (
    -- payments of each customer, and how many of them were orders
    select
        e.customer,
        sum({amount}) as money,
        sum(case when {amount} > 0 then 1 else 0 end) as orders
    from events e
    where e.ts >= $since and e.ts < $until and {amount} is not null and {of_goal} and {inside}
    group by e.customer
)"""

ORDERS = (
    """-- What does an order bring, refunds taken off?
-- customers: who paid or got money back; money, orders: totals; mm, oo, mo: sums of squares and of products over customers
"""
    + SPENT
    + """
select
    count(*) as customers,
    sum(money) as money,
    sum(orders) as orders,
    sum(money * money) as mm,
    sum(orders * orders) as oo,
    sum(money * orders) as mo
from spent"""
)

WHO_SPENT = (
    SPENT
    + """
select c.id
from spent s
join customers c on c.customer = s.customer
order by c.id"""
)
