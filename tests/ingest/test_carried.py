from journey.ingest.carried import measure_properties
from tests.drawn import drawn
from tests.lent import empty_warehouse


def test_an_empty_workspace_carries_nothing():
    assert measure_properties(empty_warehouse()) == ()


def test_every_property_says_how_many_rows_have_it():
    con = drawn("ann 09:00 view{device=mobile} 09:05 cart{device=mobile,price=5} 09:06 cart", "bob 10:00 view{device=desktop}")
    device, price = measure_properties(con)
    assert (device.name, device.of, device.type, device.filled, device.rows, device.distinct) == ("device", "event", "varchar", 3, 4, 2)
    assert (price.name, price.share_filled) == ("price", 0.25)
