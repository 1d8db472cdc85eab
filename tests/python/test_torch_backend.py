"""`torch.compile(…, backend="octet")` against eager."""

import numpy as np
import octet
import octet.torch
import pytest
import torch
from compiled import Small, assert_close, compiled, fresh, mlp, only_part  # noqa: F401
from torch import nn
from torch._dynamo.exc import BackendCompilerFailed
from torch.nn import functional


def test_a_model_runs_on_openvino_and_agrees_with_eager():
    model = Small().eval()
    x = torch.randn(2, 3, 8, 8)
    function = compiled(model)
    assert_close(function(x), model(x))
    function(x)
    part = only_part(function)
    assert part["calls"] == 2
    assert part["weights"] == 8
    assert part["precisions"]["Convolution"] == {"f32": 1}


def test_functions_and_modules_compiled_in_place():
    function = compiled(lambda a, b: (a @ b).softmax(-1))
    a, b = torch.randn(3, 4), torch.randn(4, 5)
    assert_close(function(a, b), (a @ b).softmax(-1))
    only_part(function)
    model = mlp()
    x = torch.randn(2, 6)
    expected = model(x)
    model.compile(backend="octet")
    assert_close(model(x), expected)
    only_part(model)


class Structured(nn.Module):
    """Takes and returns what models of transformers do."""

    def forward(self, ids, mask=None, *, scale=None, extra=None):
        hidden = ids.float()[..., None] * torch.arange(4.0)
        if mask is not None:
            hidden = hidden.masked_fill(~mask[..., None], 0)
        if scale is not None:
            hidden = hidden * scale["factor"]
        return {
            "hidden": hidden,
            "pooled": (hidden.mean(1), hidden.argmax(-1)),
            "kept": ids,
            "any": (ids > 2).any(),
            "none": extra,
            "number": 3,
        }


def test_structures_keywords_none_integers_and_booleans():
    model = Structured()
    ids = torch.randint(0, 9, (2, 5))
    mask = torch.rand(2, 5) > 0.3
    function = compiled(model)
    for kwargs in ({}, {"mask": mask}, {"mask": mask, "scale": {"factor": torch.tensor(2.0)}}):
        given, expected = function(ids, **kwargs), model(ids, **kwargs)
        assert list(given) == list(expected)
        assert_close(given, expected)
    assert function(ids)["kept"] is ids


@pytest.mark.parametrize(
    "dtype",
    [torch.float16, torch.bfloat16, torch.int32, torch.int16, torch.int8, torch.uint8, torch.int64],
)
def test_element_types(dtype):
    function = compiled(lambda x: (x + x, x.reshape(-1)))
    x = torch.arange(6).reshape(2, 3).to(dtype)
    given = function(x)
    assert torch.equal(given[0], x + x)
    assert given[0].dtype == dtype
    only_part(function)


@pytest.mark.parametrize(
    "product",
    [
        lambda c, a, b: a @ b,
        lambda c, a, b: a @ b.t().contiguous().t(),
        lambda c, a, b: a.t().contiguous().t() @ b,
        lambda c, a, b: torch.addmm(c, a, b, beta=0.5, alpha=3),
        lambda c, a, b: torch.addmm(c * torch.nan, a, b, beta=0),
        lambda c, a, b: torch.addmm(c[0], a, functional.relu(b.t()).t()),
        lambda c, a, b: functional.linear(a[None], b.t(), c[0]),
    ],
)
def test_products_of_matrices(product):
    c, a, b = torch.randn(3, 5), torch.randn(3, 4), torch.randn(4, 5)
    function = compiled(product)
    assert_close(function(c, a, b), product(c, a, b))
    only_part(function)


def test_each_call_has_a_result_of_its_own():
    function = compiled(lambda x: x * 1.5)
    x = torch.randn(64, 64)
    y = function(x)
    z = function(x + 1)
    assert y.data_ptr() != z.data_ptr()
    assert_close(y, x * 1.5)
    assert_close(z, (x + 1) * 1.5)


def test_channels_last_in_and_out():
    model = Small().eval()
    body = nn.Sequential(model.conv, model.norm, nn.ReLU())
    x = torch.randn(2, 3, 8, 8).to(memory_format=torch.channels_last)
    function = compiled(body)
    given, expected = function(x), body(x)
    assert_close(given, expected)
    assert given.stride() == expected.stride()
    # A function compiled for one order is right for another.
    plain = x.contiguous()
    assert_close(function(plain), body(plain))


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.transpose(0, 1),
        lambda x: x[:, ::2],
        lambda x: x[1:],
        lambda x: x[:1].expand(4, -1),
        lambda x: x.t().contiguous().t(),
    ],
    ids=["transposed", "strided", "offset", "expanded", "column_major"],
)
def test_inputs_of_any_strides(view):
    x = view(torch.randn(6, 6))
    function = compiled(lambda x: (x.exp().sum(0), x * 2))
    assert_close(function(x), (x.exp().sum(0), x * 2))
    only_part(function)


def test_outputs_lie_as_eagers_do():
    x = torch.randn(2, 3, 4)
    function = compiled(lambda x: ((x * 2).transpose(1, 2), (x + 1).permute(2, 0, 1)))
    given = function(x)
    expected = (x * 2).transpose(1, 2), (x + 1).permute(2, 0, 1)
    assert_close(given, expected)
    assert [value.stride() for value in given] == [value.stride() for value in expected]


def test_a_new_batch_size_compiles_once_more_and_never_again():
    model = Small().eval()
    function = compiled(model)
    for batch in (2, 3, 5, 7, 4):
        x = torch.randn(batch, 3, 8, 8)
        assert_close(function(x), model(x))
    graphs = octet.torch.explain(function)["graphs"]
    assert len(graphs) == 2  # the second is dynamic
    assert [part["compiles"] for graph in graphs for part in graph["parts"]] == [1, 1]
    assert [part["calls"] for graph in graphs for part in graph["parts"]] == [1, 4]


def test_a_dimension_that_is_marked_dynamic_compiles_once():
    model = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()
    function = compiled(model, dynamic=True)
    for batch, length in ((2, 5), (3, 7), (4, 4)):
        x = torch.randn(batch, length, 8)
        assert_close(function(x), model(x))
    part = only_part(function)
    assert (part["compiles"], part["calls"]) == (1, 3)


def test_sizes_as_numbers():
    def function(x, scale):
        rows = x.shape[0] * 2
        return x.reshape(-1, 2) * scale, rows, x.new_zeros(rows), torch.arange(x.shape[0])

    fast = compiled(function, dynamic=True)
    for rows in (4, 6, 8):
        x = torch.randn(rows, 4)
        assert_close(fast(x, 3), function(x, 3))
        assert_close(fast(x, 2.5), function(x, 2.5))


def test_without_dynamic_shapes_each_has_its_own_and_the_oldest_goes():
    model = mlp()
    function = compiled(model, dynamic=False, max_compiled=2)
    sizes = (1, 2, 3)
    for rows in (*sizes, *sizes):
        x = torch.randn(rows, 6)
        assert_close(function(x), model(x))
    graphs = octet.torch.explain(function)["graphs"]
    parts = [graph["parts"][0] for graph in graphs]
    assert [part["calls"] for part in parts] == [2, 2, 2]
    # Three shapes took turns in two places.
    assert [part["compiles"] for part in parts] == [2, 2, 2]
    assert sum(part["is_compiled"] for part in parts) == 2


@pytest.mark.parametrize("precision", ["f32", "bf16", "f16", "auto"])
def test_precision(precision):
    model = Small().eval()
    x = torch.randn(1, 3, 8, 8)
    function = compiled(model, precision=precision)
    error = (function(x) - model(x)).abs().max() / model(x).abs().max()
    (graph,) = octet.torch.explain(function)["graphs"]
    assert graph["precision"] == precision
    (ran,) = only_part(function)["precisions"]["Convolution"]
    if precision not in ("auto", ran):
        pytest.skip(f"this CPU does not compute in {precision}")
    assert f"Convolution: 1 in {ran}" in str(octet.torch.explain(function))
    least, most = {"f32": (0, 1e-5), "bf16": (1e-5, 5e-2), "f16": (1e-6, 1e-2)}[ran]
    assert least <= error <= most


@pytest.mark.parametrize("device", ["CPU", "AUTO:CPU"])
def test_device(device):
    model = mlp()
    x = torch.randn(2, 6)
    function = compiled(model, device=device)
    assert_close(function(x), model(x))
    assert octet.torch.explain(function)["graphs"][0]["device"] == device


class WithWeird(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.Linear(4, 4)
        self.after = nn.Linear(4, 4)

    def forward(self, x):
        x = self.before(x).cos()
        x = torch.special.i1e(x)
        return self.after(x), x


def test_what_cannot_run_stays_in_eager_and_is_told_once(caplog):
    model = WithWeird().eval()
    function = compiled(model)
    x = torch.randn(3, 4)
    assert_close(function(x), model(x))
    function(x)
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert "aten.special_i1e.default: there is no conversion for it" in warning.getMessage()
    assert "test_torch_backend.py:" in warning.getMessage()
    (graph,) = octet.torch.explain(function)["graphs"]
    assert len(graph["parts"]) == 2
    (eager,) = graph["eager"]
    assert eager["op"] == "aten.special_i1e.default"
    assert [part["calls"] for part in graph["parts"]] == [2, 2]
    # Each has the weights that it reads, and none is handed to it.
    assert [part["weights"] for part in graph["parts"]] == [2, 2]
    assert [len(part["inputs"]) for part in graph["parts"]] == [1, 1]
    text = str(octet.torch.explain(function))
    assert "aten.special_i1e.default" in text
    assert "2 calls" in text


class Attention(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.layer = nn.MultiheadAttention(8, 2, batch_first=True)
        self.dropout = dropout

    def forward(self, x):
        q, k, v = (functional.linear(x, w) for w in self.layer.in_proj_weight.chunk(3))
        q, k, v = (y.unflatten(-1, (2, 4)).transpose(1, 2) for y in (q, k, v))
        y = functional.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout)
        return self.layer.out_proj(y.transpose(1, 2).flatten(2))


def test_attention_runs_on_openvino():
    model = Attention(0.0).eval()
    function = compiled(model, dynamic=True, strict=True)
    for batch, length in ((2, 5), (3, 7)):
        x = torch.randn(batch, length, 8)
        assert_close(function(x), model(x))
    assert only_part(function)["compiles"] == 1


@pytest.mark.parametrize("dynamic", [False, True])
def test_parts_around_what_has_several_results(dynamic):
    """Numbers are handed from part to part; results of one operator stay with it."""

    def function(x):
        rows = x.shape[0] * 2
        y = x.cos().reshape(rows, -1)
        mantissa, exponent = torch.frexp(y)
        z = (mantissa * 2).reshape(x.shape)
        return z, exponent.reshape(rows * 2, -1) + 1, torch.special.i1e(z.reshape(rows, -1)) * 2

    fast = compiled(function, dynamic=dynamic)
    for rows in (4, 6):
        x = torch.randn(rows, 8)
        assert_close(fast(x), function(x))
    eager = {item["op"] for g in octet.torch.explain(fast)["graphs"] for item in g["eager"]}
    assert eager == {"aten.frexp.Tensor", "aten.special_i1e.default"}


def test_strict_refuses_what_cannot_run():
    function = compiled(WithWeird().eval(), strict=True)
    with pytest.raises(BackendCompilerFailed, match=r"special_i1e[\s\S]*strict"):
        function(torch.randn(3, 4))


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: torch.rand_like(x).clamp(2, 3) + x.abs(), "generator"),
        (lambda x: (x.abs().double() * 2, x + 1), "float64"),
        (lambda x: (torch.view_as_real(torch.complex(x, x)), x + 1), "complex64"),
        (lambda x: (x[:0].abs(), x.abs()), "empty"),
    ],
    ids=["random", "float64", "complex", "empty"],
)
def test_reasons_to_stay_in_eager(function, reason, caplog):
    x = torch.randn(3, 4)
    fast = compiled(function)
    torch.manual_seed(3)
    given = fast(x)
    torch.manual_seed(3)
    assert_close(given, function(x))
    (graph,) = octet.torch.explain(fast)["graphs"]
    assert any(reason in item["reason"] for item in graph["eager"])
    assert reason in caplog.text


def test_graph_breaks():
    def function(x):
        y = x.relu() * 2
        torch._dynamo.graph_break()
        return y.cos() + x

    fast = compiled(function)
    x = torch.randn(5, 5)
    assert_close(fast(x), function(x))
    assert len(octet.torch.explain(fast)["graphs"]) == 2


def test_explain_before_the_first_call():
    function = compiled(mlp())
    assert octet.torch.explain(function)["graphs"] == []
    assert "call the model first" in str(octet.torch.explain(function))
    with pytest.raises(octet.UsageError, match=r"was not made by torch\.compile"):
        octet.torch.explain(mlp())


def test_numpy_is_given_what_eager_gives():
    function = compiled(mlp())
    assert isinstance(function(torch.randn(1, 6)).numpy(), np.ndarray)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"presicion": "f32"}, "no option 'presicion'[\\s\\S]*Did you mean 'precision'"),
        ({"precision": "fp32"}, "'fp32' is none of f32, bf16, f16, auto"),
        ({"strict": "yes"}, "option 'strict'"),
        ({"max_compiled": 0}, "option 'max_compiled'"),
        ({"config": {"INFERENCE_NUM_THREAD": 1}}, "Did you mean 'INFERENCE_NUM_THREADS'"),
        ({"device": "CPUU"}, "'CPUU'[\\s\\S]*CPU"),
    ],
)
def test_options_that_do_not_exist(options, message):
    with pytest.raises(BackendCompilerFailed, match=message):
        compiled(mlp(), **options)(torch.randn(1, 6))


def test_mode_means_nothing_here():
    with pytest.raises(BackendCompilerFailed, match="mode"):
        torch.compile(mlp(), backend="octet", mode="max-autotune")(torch.randn(1, 6))


def test_config_reaches_openvino():
    function = compiled(mlp(), config={"INFERENCE_NUM_THREADS": 1, "ENABLE_CPU_PINNING": False})
    x = torch.randn(1, 6)
    assert function(x).shape == (1, 4)


def test_models_are_kept_for_the_next_process(tmp_path):
    model = Small().eval()
    x = torch.randn(1, 3, 8, 8)
    for is_cached in (False, True):
        torch.compiler.reset()
        function = compiled(model, cache_dir=tmp_path)
        assert_close(function(x), model(x))
        assert only_part(function)["from_cache"] is is_cached
