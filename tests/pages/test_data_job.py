import threading

import pytest

from journey.errors import LoadError
from journey.warehouse import open_warehouse
from pages.parts import data_job


@pytest.fixture
def con():
    with open_warehouse(":memory:") as opened:
        yield opened


def finished(job):
    job.thread.join(10)
    return job


def test_a_second_click_starts_nothing(con):
    held, ran = threading.Event(), []
    first = data_job.start("a.csv", con, lambda con, job: (held.wait(10), ran.append(1)))
    assert data_job.start("a.csv", con, lambda con, job: ran.append(2)) is None
    assert data_job.running() is first
    held.set()
    finished(first)
    assert ran == [1]
    assert data_job.running() is None


def test_a_finished_load_makes_room_for_the_next(con):
    finished(data_job.start("a.csv", con, lambda con, job: 1))
    assert finished(data_job.start("b.csv", con, lambda con, job: 2)).result == 2


def test_what_is_wrong_with_a_file_is_told_as_its_sentence(con):
    def refuse(con, job):
        raise LoadError("The file is empty.")

    tidied = []
    job = finished(data_job.start("a.csv", con, refuse, lambda: tidied.append(1)))
    assert (job.fault, job.result, tidied) == ("The file is empty.", None, [1])
    assert not job.running


def test_a_fault_of_the_program_is_told_without_its_innards(con):
    job = finished(data_job.start("a.csv", con, lambda con, job: {}["secret"]))
    assert "KeyError" in job.fault
    assert "secret" not in job.fault


def test_the_pace_is_rows_per_second(con):
    job = finished(data_job.start("a.csv", con, lambda con, job: job.tell("Reading", 500, 1000, 0.5)))
    assert (job.stage, job.done, job.total, job.pace) == ("Reading", 500, 1000, 1000)
