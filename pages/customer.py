"""Who is this customer: what happened, which stage they are in, what is to be expected, and who says so."""

import streamlit as st

from journey.charts.customer_said import customer_caption, customer_sentence
from journey.charts.customer_scores import main_score
from journey.customer import CustomerQuestion, measure_customer
from pages.parts.customer_action import show_action
from pages.parts.customer_head import choose_customer, known, show_badges, show_nobody, show_recent
from pages.parts.customer_known import show_contacts, show_facts, show_person
from pages.parts.customer_life import show_life
from pages.parts.customer_scores import measure_scores, show_scores
from pages.parts.customer_timeline import show_timeline
from pages.parts.frame import counted, measured, say, sentences

page, asked, title = choose_customer()
with sentences():
    if asked is None:
        show_recent(page, title)
        st.stop()
    if not known(page, asked):
        show_nobody(page, asked, title)
        st.stop()
    customer = measured(page, measure_customer, CustomerQuestion(asked, 1, scores=False))
    zone = page.scope.timezone
    show_badges(title, customer)
    answer = st.empty()
    with answer.container():
        say(customer_sentence(customer, zone), customer_caption(customer, zone))
    left, right = st.columns([3, 2])
    with left:
        show_life(page, customer)
        why = st.container()
        show_person(page, customer)
    with right:
        action = st.container(key="customer_next_best")
        show_facts(page, customer)
        show_contacts(page, customer)
    show_timeline(page, customer)
    counted(page, customer.evidence)
    with why, st.spinner("Asking the models …"):  # last: the first time, what explains them takes seconds to load
        scores = measure_scores(page, customer)
        show_scores(scores)
    if (main := main_score(scores)) is not None:
        with answer.container():
            say(customer_sentence(customer, zone, main), customer_caption(customer, zone))
    with action, st.spinner("Weighing what could be done …"):
        show_action(page, customer)
