"""The report: its numbers against numpy, its JSON against the schema, its page in a browser."""

import json
import re

import numpy as np
import octet
import openvino as ov
import pytest
from browser import CHROMIUM, Browser
from command_inputs import TESTS, convolutions
from openvino import opset13 as op

SCHEMA = TESTS.parent / "docs" / "report.schema.json"


@pytest.fixture(scope="module")
def samples() -> list[np.ndarray]:
    return list(np.random.default_rng(2).normal(0, 1, (12, 1, 3, 16, 16)).astype(np.float32))


@pytest.fixture(scope="module")
def folder(samples, tmp_path_factory):
    """A model, what was made of it, and the page that `quantize` wrote."""
    folder = tmp_path_factory.mktemp("report")
    ov.save_model(convolutions(), folder / "model.xml", compress_to_fp16=False)
    quantized = octet.quantize(
        folder / "model.xml", samples, subset_size=12, report=folder / "page.html", progress=False
    )
    octet.save(quantized, folder / "int8.xml")
    return folder


@pytest.fixture(scope="module")
def report(folder, samples) -> octet.Report:
    models = folder / "model.xml", folder / "int8.xml"
    return octet.report(*models, samples, samples=6, seconds=0.05, progress=False)


def outputs_of(model: ov.Model, names: list[str], samples) -> dict[str, np.ndarray]:
    """What the nodes of these names compute in floating point."""
    nodes = {node.friendly_name: node for node in model.get_ordered_ops()}
    tensors = [nodes[name].output(0) for name in names]
    model = ov.Model([op.result(tensor) for tensor in tensors], model.get_parameters())
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    runs = [list(compiled(sample).values()) for sample in samples]
    return {name: np.stack([run[i] for run in runs]) for i, name in enumerate(names)}


def decibels(exact: np.ndarray, other: np.ndarray) -> float:
    exact, other = exact.astype(np.float64), other.astype(np.float64)
    return 10 * np.log10((exact**2).sum() / ((exact - other) ** 2).sum())


def test_json_follows_the_schema(report):
    validators = pytest.importorskip("fastjsonschema", reason="make setup installs it")
    validate = validators.compile(json.loads(SCHEMA.read_text()))
    facts = json.loads(report.to_json())
    validate(facts)
    del facts["layers"][0]["node"]
    with pytest.raises(validators.JsonSchemaException, match="node"):
        validate(facts)


def test_ratios_are_those_of_the_tensors(folder, samples, report):
    names = ["stem.relu", "body.relu", "head"]
    exact = outputs_of(ov.Core().read_model(folder / "model.xml"), names, samples[:6])
    rounded = outputs_of(ov.Core().read_model(folder / "int8.xml"), names, samples[:6])
    layers = {layer["node"]: layer for layer in json.loads(report.to_json())["layers"]}
    for name in names:
        expected = decibels(exact[name], rounded[name])
        # What else a graph computes decides what the plugin fuses, and so the codes at ties.
        assert layers[name]["sqnr_out_db"] == pytest.approx(expected, abs=0.5), name
    assert layers["stem.conv"]["sqnr_in_db"] is None  # the model's input is exact
    assert layers["body.conv"]["sqnr_in_db"] == layers["stem.relu"]["sqnr_out_db"]
    assert 0 < layers["body.conv"]["born_share"] < 1
    assert layers["head"]["inputs"] == [4] and layers["stem.conv"]["inputs"] == [-1]


def test_histograms_and_clipping_are_those_of_the_values(folder, samples, report):
    values = outputs_of(ov.Core().read_model(folder / "model.xml"), ["stem.relu"], samples[:6])
    values = values["stem.relu"]
    facts = json.loads(report.to_json())
    (tensor,) = (one for one in facts["activations"] if one["tensor"] == "stem.relu")
    assert tensor["values"] == values.size == sum(tensor["counts"])
    assert tensor["largest"] == pytest.approx(values.max(), rel=2**-8)
    assert tensor["scale"] * (tensor["levels"] - 1) == pytest.approx(
        tensor["high"] - tensor["low"], rel=1e-4
    )
    outside = ((values > tensor["high"]) | (values < tensor["low"])).mean()
    assert tensor["clipped"] == pytest.approx(outside, abs=2e-4)
    edges = np.linspace(tensor["first"], tensor["last"], 65)
    counts, _ = np.histogram(values, edges)
    # A value within 0.2 % of an edge may stand in the next bin.
    assert np.abs(counts - tensor["counts"]).sum() < 0.1 * values.size


def test_weights_are_those_of_the_model(folder, report):
    model = ov.Core().read_model(folder / "model.xml")
    nodes = {node.friendly_name: node for node in model.get_ordered_ops()}
    weight = nodes["stem.conv"].input_value(1).get_node().data
    sizes = np.abs(weight).reshape(16, -1).max(axis=1)
    facts = json.loads(report.to_json())
    (row,) = (one for one in facts["weights"] if one["layer"] == "stem.conv")
    assert row["channels"] == row["scales"] == 16 and row["type"] == "i8" and row["dead"] == 0
    assert row["ratio"] == pytest.approx(sizes.max() / sizes.min(), rel=1e-5)
    assert row["quantiles"][0] == pytest.approx(sizes.min(), rel=1e-5)


def test_a_remedys_gain_is_what_the_remedy_gains(folder, samples, report):
    facts = json.loads(report.to_json())
    (finding,) = (one for one in facts["findings"] if "most error is made" in one["text"])
    nodes = {
        node.friendly_name: node for node in ov.Core().read_model(folder / "model.xml").get_ops()
    }
    assert set(finding["layers"]) <= set(nodes)
    better = octet.quantize(
        folder / "model.xml",
        samples,
        subset_size=12,
        ignored_scope=octet.IgnoredScope(names=finding["layers"]),
        progress=False,
    )
    compared = octet.compare(folder / "model.xml", better, samples, samples=6, precision="f32")
    # Layers around them may need no quantizer either, then.
    assert compared.outputs[0].sqnr_db > finding["gain"]["to_db"] - 1.5
    assert finding["gain"]["to_db"] > finding["gain"]["from_db"] + 0.5


def test_what_is_shown(report, folder):
    text = str(report)
    assert text.startswith("accuracy  good: INT8 against FP32 on 6 samples")
    assert repr(report).startswith("<octet.Report of 6 layers, good")
    assert report.verdict.level == "good"
    page = report.to_html()
    assert page.count("<script") == 2
    assert re.findall(r"https?://[^\"]+", page) == [
        "http://www.w3.org/2000/svg"
    ]  # a name, not asked for


def test_no_time_is_measured_where_none_is_wanted(folder, samples):
    models = folder / "model.xml", folder / "int8.xml"
    facts = json.loads(octet.report(*models, samples, seconds=0, progress=False).to_json())
    assert "median_ms" not in facts["quantized"] and "times_as_fast" not in facts
    assert all("int8_ms" not in layer for layer in facts["layers"])


def test_a_model_of_another_tool(folder, samples, tmp_path):
    """Fake quantizes on all edges, and nothing that tells who made it."""
    model = ov.Core().read_model(folder / "model.xml")
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Convolution":
            continue
        for port, limit in ((0, 4.0), (1, 0.6)):
            ends = [op.constant(np.float32(value)) for value in (-limit, limit)] * 2
            quantizer = op.fake_quantize(node.input_value(port), *ends, 255)
            node.input(port).replace_source_output(quantizer.output(0))
    ov.save_model(model, tmp_path / "other.xml", compress_to_fp16=False)
    report = octet.report(
        folder / "model.xml", tmp_path / "other.xml", samples, seconds=0, progress=False
    )
    facts = json.loads(report.to_json())
    asked = {layer["node"]: layer["asked"] for layer in facts["layers"]}
    assert asked["stem.conv"] == asked["body.conv"] == "int8" and asked["head"] == "float"
    assert len(facts["activations"]) == 2 and facts["settings"] == {}
    assert [weight["scales"] for weight in facts["weights"]] == [1, 1]


def test_a_report_needs_samples(samples, folder):
    with pytest.raises(octet.UsageError, match="report"):
        octet.quantize(folder / "model.xml", samples, report="r.html", on_collapse="ignore")


def large_model(layers: int) -> ov.Model:
    random = np.random.default_rng(0)
    x = op.parameter([1, 8, 8, 8], ov.Type.f32, name="x")
    data = x
    for i in range(layers // 2):
        weight = random.normal(0, 0.17, (8, 8, 3, 3)).astype(np.float32)
        data = op.convolution(data, op.constant(weight), [1, 1], [1, 1], [1, 1], [1, 1])
        data.friendly_name = f"a_long_name_of_a_module.block_{i}.convolution"
        data = op.relu(data)
    return ov.Model([data], [x], "large")


def test_a_page_of_500_layers_is_small():
    layers, samples = 100, [np.ones((1, 8, 8, 8), np.float32)] * 2
    model = large_model(layers)
    options = {"subset_size": 2, "on_collapse": "ignore", "progress": False}
    result = octet.quantize_to_openvino(model, samples, **options)
    page = octet.report(model, result, samples, samples=2, seconds=0, progress=False).to_html()
    assert page.count('"node":') == layers
    assert len(page) * 500 / layers < 5e6


# ---- the page

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def page(browser, folder):
    browser.problems.clear()
    browser.view(1280, 900)
    browser.open(folder / "page.html")
    return browser


FIRST = "document.querySelector('#rows th').textContent"
UNKNOWN = "\N{EN DASH}"
NAMES = "[...document.querySelectorAll('#rows th')].map((th) => th.textContent)"


@needs_browser
@pytest.mark.parametrize(
    ("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)]
)
def test_the_page_loads_without_a_problem(browser, folder, width, dark):
    browser.problems.clear()
    browser.view(width, 844, dark, phone=width < 500)
    browser.open(folder / "page.html")
    assert browser.problems == []
    assert browser.run("document.documentElement.scrollWidth") <= width  # nothing sticks out
    background = browser.run("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)")
    assert browser.run("document.querySelector('#verdict').textContent").startswith("good: INT8")
    assert len(browser.run(NAMES)) == 6


@needs_browser
def test_sorting_by_a_click_on_a_column(page):
    assert page.run(FIRST) == "stem.conv"
    born = "#head th:nth-child(8) button"
    page.click(born)
    values = page.run(
        "[...document.querySelectorAll('#rows td:nth-child(8)')].map((td) => td.textContent)"
    )
    known = [float(value) for value in values if value != UNKNOWN]
    assert known == sorted(known) and values[len(known) :] == [UNKNOWN] * (6 - len(known))
    sort = "document.querySelector('#head th:nth-child(8)').getAttribute('aria-sort')"
    assert page.run(sort) == "ascending"
    page.click(born)
    assert page.run(sort) == "descending"
    assert float(page.run("document.querySelector('#rows td:nth-child(8)').textContent")) == max(
        known
    )
    assert page.problems == []


@needs_browser
def test_filtering(page):
    page.click("#filter")
    page.type("relu")
    assert page.run(NAMES) == ["stem.relu", "body.relu"]
    assert page.run("document.querySelector('#count').textContent") == "2 of 6 layers"
    assert page.problems == []


@needs_browser
def test_a_click_on_a_node_opens_its_row(page):
    page.click("#filter")
    page.type("nothing of this name")
    assert page.run(NAMES) == []
    page.click("#graph g[data-layer='2'] rect")
    assert page.run("document.querySelector('tr.selected th').textContent") == "body.conv"
    detail = page.run("document.querySelector('#detail-2').textContent")
    assert "levels of" in detail and "channels from the narrowest" in detail
    assert page.run("document.querySelectorAll('#detail-2 svg').length") == 2
    assert len(page.run(NAMES)) == 6  # the filter has gone
    assert page.problems == []


@needs_browser
def test_a_node_can_be_opened_by_keyboard(page):
    page.run("document.querySelector('#graph g[data-layer=\"5\"]').focus()")
    page.press("Enter", 13)
    assert page.run("document.querySelector('tr.selected th').textContent") == "head"
    assert page.run("document.activeElement.textContent") == "head"
    page.press("Enter", 13)  # on the row's button: it closes
    assert page.run("document.querySelector('#detail-5')") is None
    assert page.problems == []


@needs_browser
def test_the_graph_zooms_and_changes_its_colours(page):
    width = "Number(document.querySelector('#graph').getAttribute('viewBox').split(' ')[2])"
    before = page.run(width)
    page.click("#zoom-in")
    assert page.run(width) == pytest.approx(0.8 * before)
    fill = "document.querySelector('#graph g[data-layer=\"0\"] rect').style.fill"
    assert page.run(fill) == "var(--int8)"
    page.run(
        "(() => { const choice = document.querySelector('#colour'); choice.value = 'error';"
        " choice.dispatchEvent(new Event('change')); })()"
    )
    assert page.run(fill).startswith("var(--born")
    assert page.problems == []


@needs_browser
def test_a_screen_reader_finds_tables_and_names(page):
    assert page.run("[...document.querySelectorAll('table')].every((t) => t.caption)")
    assert page.run("[...document.querySelectorAll('th')].every((th) => th.scope)")
    unnamed = (
        "[...document.querySelectorAll('button, input, select, svg, [role=region]')].filter((e) =>"
        " !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).length"
    )
    assert page.run(unnamed) == 0
    assert page.run("document.documentElement.lang") == "en"


@needs_browser
def test_printing_shows_the_charts(page):
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
    assert page.run("document.querySelectorAll('#activations figure').length") == 4
    assert page.problems == []


@needs_browser
def test_a_notebook_shows_the_page(browser, report, tmp_path):
    browser.problems.clear()
    (tmp_path / "cell.html").write_text(
        "<!doctype html><meta charset=utf-8>" + report._repr_html_()
    )
    browser.open(tmp_path / "cell.html")
    inner = "document.querySelector('iframe').contentDocument"
    assert browser.run(f"{inner}.querySelectorAll('#rows th').length") == 6
    assert browser.problems == []
    assert octet.inspect(convolutions())._repr_html_().startswith("<pre>")
