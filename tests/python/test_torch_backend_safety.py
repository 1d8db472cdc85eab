"""That a compiled model is never wrong in silence: changed weights, gradients, threads."""

import copy
import gc
import threading
import weakref

import octet
import octet.torch
import pytest
import torch
from compiled import Small, assert_close, compiled, fresh, mlp, only_part  # noqa: F401
from octet.torch import _records
from torch import nn
from torch._dynamo.exc import BackendCompilerFailed


def test_inputs_that_the_model_writes_to():
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("seen", torch.zeros(3))

        def forward(self, x):
            self.seen += x.sum(0)
            x.mul_(2)
            return x[0], self.seen.clone()

    model = Counting()
    twin = copy.deepcopy(model)
    function = compiled(model)
    for _ in range(3):
        x = torch.randn(2, 3)
        y = x.clone()
        assert_close(function(x), twin(y))
        assert_close(x, y)
        assert_close(model.seen, twin.seen)
    assert all(
        part["rebuilds"] == 0
        for graph in octet.torch.explain(function)["graphs"]
        for part in graph["parts"]
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model[0].weight.mul_(2),
        lambda model: setattr(model[0], "weight", nn.Parameter(torch.ones(16, 6))),
        lambda model: model[0].weight.data.add_(1),
        lambda model: setattr(model[0].weight, "data", torch.ones(16, 6)),
        lambda model: model.load_state_dict(mlp().state_dict()),
    ],
    ids=["in_place", "replaced", "data_in_place", "data_replaced", "loaded"],
)
def test_a_changed_weight_is_seen(change, caplog):
    model = mlp()
    function = compiled(model)
    x = torch.randn(2, 6)
    assert_close(function(x), model(x))
    change(model)
    assert_close(function(x), model(x))
    assert_close(function(x), model(x))
    assert "changed after the model was compiled" in caplog.text
    graphs = octet.torch.explain(function)["graphs"]
    assert sum(part["rebuilds"] for graph in graphs for part in graph["parts"]) == 1


def test_a_weight_that_changes_all_the_time_becomes_an_input():
    model = mlp()
    function = compiled(model)
    x = torch.randn(2, 6)
    for step in range(8):
        model[2].bias.add_(step)
        assert_close(function(x), model(x))
    (graph,) = octet.torch.explain(function)["graphs"]
    assert graph["parts"][0]["rebuilds"] <= 3
    assert graph["parts"][0]["weights"] == 3


def test_what_was_compiled_is_given_up_with_its_function(caplog):
    model = mlp()
    function = compiled(model)
    function(torch.randn(2, 6))
    record = _records.all_records()[-1]
    part = weakref.ref(record.program.parts[0])
    del record, function
    caplog.clear()  # what torch logs holds its arguments
    torch._dynamo.reset()
    gc.collect()
    assert part() is None


def test_weights_are_shared_with_torch():
    model = mlp()
    function = compiled(model)
    function(torch.randn(1, 6))
    addresses = {parameter.data_ptr() for parameter in model.parameters()}
    record = _records.all_records()[-1]
    assert addresses <= set(record.program.parts[0].model._constant_addresses())


def test_modules_that_are_not_inlined(monkeypatch):
    """With the setting that OpenVINO's own backend makes, weights are attributes of the graph."""
    monkeypatch.setattr(torch._dynamo.config, "inline_inbuilt_nn_modules", False)
    model = mlp()
    function = compiled(model)
    x = torch.randn(2, 6)
    assert_close(function(x), model(x))
    assert only_part(function)["weights"] == 4
    model[0].bias.add_(1)
    assert_close(function(x), model(x))


def test_gradients_are_never_wrong_in_silence():
    model = mlp()
    function = compiled(model)
    x = torch.randn(2, 6)
    with torch.enable_grad():
        y = function(x)
        assert y.requires_grad
        assert_close(y.detach(), model(x).detach())
        with pytest.raises(octet.Error, match="compute no gradients"):
            y.sum().backward()


def test_inputs_that_require_gradients_run_in_eager(caplog):
    model = mlp()
    function = compiled(model)
    with torch.enable_grad():
        x = torch.randn(2, 6, requires_grad=True)
        function(x).sum().backward()
        expected = torch.autograd.grad(model(x).sum(), x)[0]
    assert_close(x.grad, expected)
    assert "requires a gradient" in caplog.text
    torch.compiler.reset()
    with torch.enable_grad(), pytest.raises(BackendCompilerFailed, match="requires a gradient"):
        compiled(model, strict=True)(x)


def test_training_mode_runs_in_eager(caplog):
    model = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)).train()
    twin = copy.deepcopy(model)
    x = torch.randn(6, 4)
    with torch.enable_grad():
        torch.manual_seed(1)
        given = compiled(model)(x)
        torch.manual_seed(1)
        expected = twin(x)
        assert_close(given, expected)
        given.sum().backward()
    assert model[0].weight.grad is not None
    assert "training mode" in caplog.text


def test_inference_mode():
    model = mlp()
    x = torch.randn(2, 6)
    function = compiled(model)
    with torch.inference_mode():
        y = function(x)
        assert y.is_inference()
        assert_close(y, model(x))
        own = mlp()  # its weights have no count of changes
        assert_close(compiled(own)(x), own(x))
    assert_close(function(x), model(x))


def test_calls_from_many_threads():
    model = Small().eval()
    function = compiled(model, dynamic=True)
    inputs = [torch.randn(1 + i % 4, 3, 8, 8) for i in range(8)]
    expected = [model(x) for x in inputs]
    function(inputs[1])
    failures = []

    def work(first):
        with torch.no_grad():
            for i in range(60):
                k = (first + i) % len(inputs)
                if not torch.allclose(function(inputs[k]), expected[k], atol=1e-5):
                    failures.append(k)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
