"""Values that doors return: frozen, comparable, printable, matchable, and typed for type checkers."""

from __future__ import annotations

import copy
import inspect
import json
import multiprocessing
import pickle
from typing import Literal, assert_never, get_args

import fleet_core as fc
import pytest
from conftest import NOON, House, ids, listed
from fleet_core import Decision, Held, Report, Update, UpToDate


def action(decision: Decision) -> Literal["nothing", "run", "wait"]:
    match decision:
        case UpToDate():
            return "nothing"
        case Update(directive=fc.Directive(version=_)):
            return "run"
        case Held(reason="quarantined"):
            return "wait"
        case Held():
            return "nothing"
        case _:
            assert_never(decision)


def test_a_decision_is_one_of_three_kinds_and_has_a_reason(house: House) -> None:
    [device] = ids(1)
    stranger = house.connect(device, 1).answer
    assert isinstance(stranger, Held)
    assert (stranger.reason, stranger.cites, stranger.target) == ("quarantined", "R-IMP-9", None)
    assert action(stranger) == "wait"
    house.thermostat(1).device(device).approve()
    assert action(house.connect(device, 1, 2).answer) == "nothing"


def test_values_are_compared_by_their_fields(house: House) -> None:
    one, same = house.thermostat().get(), house.thermostat().get()
    assert one == same and hash(one) == hash(same) and one is not same
    other = house.thermostat().rename("Boiler")
    assert one != other and len({one, same, other}) == 2
    assert one != 94


def test_values_are_immutable(house: House) -> None:
    product = house.thermostat().get()
    with pytest.raises(AttributeError):
        product.name = "Boiler"  # type: ignore[misc]
    product.groups.append(product.groups)  # type: ignore[arg-type]
    assert product.groups == []


def test_a_value_prints_its_fields_and_hides_secrets(house: House) -> None:
    thermostat = house.thermostat()
    customer = thermostat.create_customer("carl@example.com")
    assert repr(thermostat.get().policy.gate) == "Gate(devices=1, soak_millis=0)"
    assert "user_name='carl@example.com', identity=SimpleIdentity()" in repr(customer)
    issued = thermostat.customer(customer.id).issue_token(["see"], life=NOON - NOON.replace(hour=11))
    assert len(issued.token) == 64 and issued.token not in repr(issued) and "token=<hidden>" in repr(issued)
    guests = thermostat.invite_to_beta(b"carl@example.com")
    assert guests.lines[0].code is not None and guests.lines[0].code not in repr(guests)
    guest = thermostat.beta_guests().items[0]
    assert guest.code not in repr(guest) and "code=<hidden>" in repr(guest)


def test_a_report_keeps_its_fields() -> None:
    report = Report("AA0000000000000000000001", platform="photon", system="0.4.9", reported_at=NOON)
    assert (report.device, report.platform, report.system) == ("aa0000000000000000000001", "particle:6", "0.4.9")
    assert report.reported_at == NOON and report.takes_updates and report.session == 0
    assert Report(ids(1)[0]).reported_at is None


def test_the_literals_match_the_core() -> None:
    for name, values in fc.words().items():
        assert list(get_args(getattr(fc, name))) == values, name


def test_every_class_can_be_matched_by_its_fields() -> None:
    doors = {"Fleet", "Console", "Portal", "Gateway", "Clock", "EventStream", "Meter"}
    doors |= {"ProductConsole", "DeviceConsole", "CustomerConsole"}
    values = {
        name: value
        for name, value in vars(fc).items()
        if inspect.isclass(value) and value.__module__ == "fleet_core" and name not in doors | {"Page"}
    }
    assert len(values) > 60
    for name, value in values.items():
        assert all(hasattr(value, field) for field in getattr(value, "__match_args__")), name


def test_the_hosts_own_tiers_limit_a_product() -> None:
    tiers = [fc.Tier("One", devices=1), fc.Tier("All")]
    with fc.Fleet.open("memory:", tiers=tiers) as fleet:
        alice = fleet.console("operator").create_account("alice@example.com").id
        console = fleet.console(alice)
        product = console.create_product("Thermostat", "photon").id
        refused = console.product(product).import_devices(listed(ids(2))).refused
        assert refused is not None and refused.fits is not None
        assert (refused.fits.tier, refused.fits.limit) == ("All", None)


def test_values_are_pickled_and_copied_and_come_back_equal(house: House) -> None:
    console = house.console()
    thermostat = console.product(house.product)
    [device] = ids(1)
    thermostat.import_devices(listed(ids(3)))
    connected = house.connect(device, version=1)
    house.fleet.gateway(NOON).publish(fc.NewEvent(device, "boot", product=house.product))
    values = [
        connected, connected.answer, thermostat.get(), thermostat.summary(), thermostat.devices(), thermostat.team(),
        thermostat.configuration(), thermostat.plan_import(listed(ids(2))), thermostat.events(), thermostat.audit_log(),
        thermostat.billing_status(), thermostat.device(device).explain(), thermostat.usage(),
        fc.Report(device, version=1, platform="photon", system="0.4.9", reported_at=NOON, session=7), fc.Report(device),
        fc.NewEvent(device, "boot", "data", id="1", happened_at=NOON), fc.Money(1, "USD"), fc.LockChange(device, 1),
        fc.Tier("One", devices=1, prices=[fc.Price("monthly", fc.Money(1, "USD"))]), fc.SimpleIdentity(),
    ]  # fmt: skip
    for value in values:
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(value, protocol))
            assert again == value and repr(again) == repr(value) and type(again) is type(value)
        assert copy.copy(value) == value and copy.deepcopy([value]) == [value]
        json.dumps(value.to_dict())
    assert str(pickle.loads(pickle.dumps(connected))) == str(connected)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(repr, values) == [repr(value) for value in values]
    with pytest.raises(fc.NotFound) as found:
        console.product(95).get()
    again = pickle.loads(pickle.dumps(found.value))
    assert (type(again), again.code, again.what, str(again)) == (fc.NotFound, "not_found", "product", str(found.value))


def test_a_value_becomes_json(house: House) -> None:
    data = house.connect(ids(1)[0], version=1).to_dict()
    assert (data["product"], data["outcome"], data["answer"]["kind"]) == (house.product, None, "held")
    product = house.thermostat().get().to_dict()
    assert product["created_at"] == "2016-03-08T12:00:00.000Z" and product["policy"]["gate"] == {"devices": 1, "soak_millis": 0}


def test_a_value_with_a_secret_is_not_serialised(house: House) -> None:
    thermostat = house.thermostat()
    customer = thermostat.create_customer("carl@example.com")
    issued = thermostat.customer(customer.id).issue_token(["see"], life=NOON - NOON.replace(hour=11))
    assert copy.copy(issued) == issued
    for write in (pickle.dumps, copy.copy(issued).__class__.to_dict):
        with pytest.raises(fc.Invalid, match="`IssuedToken` holds a secret and is not serialised; pass on `token`"):
            write(issued)
    invited = thermostat.invite_to_beta(b"carl@example.com")
    unread = thermostat.invite_to_beta(b"a\x01b")
    hook = thermostat.subscribe(fc.Webhook("https://example.com/?key=secret"))
    for value in (invited, invited.lines[0], thermostat.beta_guests(), hook, hook.to):
        with pytest.raises(fc.Invalid, match="holds a secret and is not serialised"):
            pickle.dumps(value)
        with pytest.raises(fc.Invalid, match="holds a secret and is not serialised"):
            value.to_dict()
    # A line without a code has no secret.
    assert pickle.loads(pickle.dumps(unread)) == unread and json.dumps(unread.to_dict())
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(house.fleet)


def test_a_handle_prints_its_ids_and_reads_nothing(house: House) -> None:
    [device] = ids(1)
    thermostat = house.fleet.console(house.alice, NOON).product(95)
    handles = (thermostat, thermostat.device(device.upper()), thermostat.customer(7))
    assert [repr(handle) for handle in handles] == [
        "ProductConsole(95)", f"DeviceConsole(95, {device})", "CustomerConsole(95, 7)",
    ]  # fmt: skip
    assert [handle.id for handle in handles] == [95, device, 7]
    for handle in handles:
        with pytest.raises(fc.NotFound):
            handle.get()
