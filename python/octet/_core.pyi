# Made by tools/make_stubs.py
"""
The native half of octet. Use the names that the package octet exports.
"""
from __future__ import annotations
import collections.abc
import os
import typing
__all__: list[str] = ['AccuracyControlResult', 'AccuracyStep', 'BenchmarkResult', 'Comparison', 'Diagnostic', 'ExecutedLayer', 'LayerDecision', 'LayerError', 'MODE_WRAPPERS', 'Model', 'NativeDataset', 'OutputDifference', 'Preview', 'QuantizeResult', 'Recipe', 'Report', 'RulePreview', 'Session', 'SessionLimit', 'SourceInfo', 'TorchCall', 'TorchFunction', 'TuneCandidate', 'TuneResult', 'Verdict', 'Verification', 'apply', 'benchmark', 'benchmark_json', 'benchmark_text', 'calibrate', 'compare', 'error_codes', 'error_text', 'executed_layers', 'from_ov_address', 'image_folder', 'inspect', 'layers_dot', 'layers_json', 'layers_text', 'load', 'lower', 'nearest', 'npy_file', 'npz_file', 'option_words', 'precisions_text', 'preview', 'preview_json', 'preview_text', 'quantize', 'quantize_with_accuracy_control', 'random_samples', 'report', 'report_of_result', 'run', 'stored_statistics', 'tree_text', 'try_lower', 'tune', 'user_line', 'verify']
class Diagnostic:
    """
    Something that the user should know and that did not stop the run.
    """
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    @property
    def code(self) -> str:
        """
        Stable short name, such as 'dead_channel'.
        """
    @property
    def message(self) -> str:
        ...
    @property
    def remedy(self) -> str:
        ...
    @property
    def severity(self) -> str:
        """
        'note' or 'warning'.
        """
    @property
    def stage(self) -> str:
        """
        Part of the pipeline, such as 'import'.
        """
    @property
    def where(self) -> str:
        """
        File or node in the user's words, or empty.
        """
class SourceInfo:
    """
    Where a node came from. Any field may be empty.
    """
    __hash__: typing.ClassVar[None] = None
    def __eq__(self, arg0: SourceInfo) -> bool:
        ...
    def __repr__(self) -> str:
        ...
    @property
    def module_class(self) -> str:
        """
        'torch.nn.modules.conv.Conv2d'
        """
    @property
    def module_path(self) -> str:
        """
        'layer4.0.conv1'
        """
    @property
    def op_type(self) -> str:
        """
        'aten.conv2d.default', 'Conv'
        """
    @property
    def source_line(self) -> str:
        """
        '/path/resnet.py:98'
        """
    @property
    def value_name(self) -> str:
        """
        Name in the source: 'conv2d_7'.
        """
class Model:
    """
    A model in memory with the origin of its nodes.
    """
    def __repr__(self) -> str:
        ...
    def _constant_addresses(self) -> list[int]:
        """
        Addresses of the constants' data, for tests that nothing was copied.
        """
    def _fill(self, shell: typing.SupportsInt | typing.SupportsIndex) -> None:
        """
        Puts a clone of the graph, sharing its weights, into an empty openvino.Model.
        """
    def describe(self, node: str) -> str:
        """
        "node 'layer4.0.conv1' (resnet.py:98)": a node in the user's words.
        """
    def fingerprint(self) -> str:
        """
        Hash of topology, names, shapes, types and constants.
        """
    def save(self, path: os.PathLike | str | bytes) -> None:
        """
        Writes OpenVINO IR: `path` (.xml), and a .bin beside it.
        """
    @property
    def diagnostics(self) -> list[Diagnostic]:
        ...
    @property
    def format(self) -> str:
        """
        'pt2', 'onnx', 'ir', 'exported_program', 'graph_module' or 'ov_model'.
        """
    @property
    def inputs(self) -> list:
        """
        (names, element type, shape) of each input; a size that varies is -1.
        """
    @property
    def origin(self) -> str:
        """
        File that it came from, or empty.
        """
    @property
    def outputs(self) -> list:
        """
        (names, element type, shape) of each output.
        """
    @property
    def sources(self) -> dict[str, SourceInfo]:
        """
        Origin of each node, by the node's name in this model.
        """
class NativeDataset:
    """
    A dataset that is read without Python. Each run reads it from its first item on.
    """
    def __str__(self) -> str:
        ...
    @property
    def diagnostics(self) -> list[Diagnostic]:
        ...
    @property
    def size(self) -> int | None:
        """
        Number of items, or None.
        """
class Recipe:
    """
    What quantization decided: an ordered list of edits of the original model.
    """
    __hash__: typing.ClassVar[None] = None
    @staticmethod
    def from_json(text: str, origin: str = 'recipe') -> Recipe:
        """
        `origin` names the text in errors.
        """
    @staticmethod
    def load(path: os.PathLike | str | bytes) -> Recipe:
        ...
    def __eq__(self, arg0: Recipe) -> bool:
        ...
    def __len__(self) -> int:
        """
        Number of edits.
        """
    def __repr__(self) -> str:
        ...
    def save(self, path: os.PathLike | str | bytes) -> None:
        ...
    def to_json(self) -> str:
        ...
    @property
    def model_fingerprint(self) -> str:
        ...
    @property
    def octet_version(self) -> str:
        ...
    @property
    def openvino_version(self) -> str:
        ...
    @property
    def provenance(self) -> dict[str, str]:
        """
        The options that made it and facts on the data.
        """
class ExecutedLayer:
    """
    A node that the plugin really executes.
    """
    def __repr__(self) -> str:
        ...
    @property
    def kernel(self) -> str:
        """
        The plugin's primitive.
        """
    @property
    def milliseconds(self) -> float:
        """
        0 where not measured.
        """
    @property
    def name(self) -> str:
        """
        Name in the executable graph.
        """
    @property
    def originals(self) -> list[str]:
        """
        The model's nodes that it implements.
        """
    @property
    def precision(self) -> str:
        """
        'i8', 'u8', 'f32', 'bf16', …
        """
    @property
    def type(self) -> str:
        """
        The plugin's layer type: 'Convolution'.
        """
class BenchmarkResult:
    """
    Latency in ms, throughput in items/s.
    """
    def __repr__(self) -> str:
        ...
    @property
    def compile_ms(self) -> float:
        ...
    @property
    def iterations(self) -> int:
        ...
    @property
    def layers(self) -> list[ExecutedLayer]:
        ...
    @property
    def median_ms(self) -> float:
        ...
    @property
    def p10_ms(self) -> float:
        ...
    @property
    def p90_ms(self) -> float:
        ...
    @property
    def throughput(self) -> float:
        ...
class OutputDifference:
    """
    How far one output is from the reference's, over all samples.
    """
    def __repr__(self) -> str:
        ...
    @property
    def cosine(self) -> float:
        """
        Mean over samples.
        """
    @property
    def max_error(self) -> float:
        ...
    @property
    def name(self) -> str:
        ...
    @property
    def sqnr_db(self) -> float:
        """
        Infinite where equal.
        """
    @property
    def top1_agreement(self) -> float | None:
        """
        Share of rows with the same largest element, for outputs [rows, classes].
        """
class Comparison:
    """
    Two models' outputs on the same samples.
    """
    @staticmethod
    def _repr_html_(result: typing.Any) -> str:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def to_json(self) -> str:
        ...
    @property
    def outputs(self) -> list[OutputDifference]:
        ...
    @property
    def samples(self) -> int:
        ...
class LayerDecision:
    """
    Whether a layer runs in INT8, and why.
    """
    def __repr__(self) -> str:
        ...
    @property
    def node(self) -> str:
        """
        The node's name in the model.
        """
    @property
    def precision(self) -> str:
        """
        'int8' or 'float'
        """
    @property
    def reason(self) -> str:
        ...
    @property
    def type(self) -> str:
        """
        OpenVINO type.
        """
class LayerError:
    """
    The error that is made in one layer.
    """
    def __repr__(self) -> str:
        ...
    @property
    def node(self) -> str:
        """
        The node's name in the model.
        """
    @property
    def sqnr_db(self) -> float:
        """
        Of its output, from exact inputs.
        """
class Verdict:
    """
    INT8 against FP32 on a few samples of the calibration. `str()` is one line.
    """
    @staticmethod
    def _repr_html_(result: typing.Any) -> str:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    @property
    def layers(self) -> list[LayerError]:
        """
        Where the error is made, the worst first; empty where the level is good.
        """
    @property
    def level(self) -> str:
        """
        'unchecked', 'good', 'doubtful' or 'collapsed'
        """
    @property
    def outputs(self) -> list[OutputDifference]:
        """
        Those of floating type.
        """
    @property
    def remedy(self) -> str:
        """
        Options that give a better model on these samples; empty where none is known.
        """
    @property
    def remedy_sqnr_db(self) -> float:
        """
        Of the worst output, with the remedy.
        """
    @property
    def samples(self) -> int:
        ...
class QuantizeResult:
    """
    What `quantize` made, and how.
    """
    @staticmethod
    def _repr_html_(result: typing.Any) -> str:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def profile_text(self) -> str:
        """
        Where the time went, as a table.
        """
    def to_json(self) -> str:
        ...
    @property
    def diagnostics(self) -> list[Diagnostic]:
        ...
    @property
    def layers(self) -> list[LayerDecision]:
        ...
    @property
    def memory(self) -> dict:
        """
        What measuring the samples was expected to take, in bytes beyond what the process had, and how many samples ran at a time.
        """
    @property
    def model(self) -> Model:
        """
        Ready to run or to save.
        """
    @property
    def profile(self) -> list[tuple[str, float, float]]:
        """
        Where the time went: (stage or stage/part, seconds, processor's seconds of all threads).
        """
    @property
    def recipe(self) -> Recipe:
        """
        What was done.
        """
    @property
    def samples(self) -> int:
        """
        Items of the dataset that were read.
        """
    @property
    def stage_seconds(self) -> dict[str, float]:
        ...
    @property
    def verdict(self) -> Verdict:
        """
        INT8 against FP32 on a few samples of the calibration.
        """
class RulePreview:
    """
    One rule of an ignored scope, what it touches.
    """
    @property
    def layers(self) -> list[str]:
        """
        Layers that would be INT8 without the scope, and that this rule covers.
        """
    @property
    def nodes(self) -> list[str]:
        """
        Friendly names of all that it covers.
        """
    @property
    def problem(self) -> str:
        """
        Why it is of no use; `quantize` stops there. Empty where it is of use.
        """
    @property
    def remedy(self) -> str:
        ...
    @property
    def rule(self) -> str:
        """
        In words, such as "name 'head'".
        """
class Preview:
    @property
    def also(self) -> list[str]:
        """
        Layers that no rule covers, and that are in floating point all the same.
        """
    @property
    def rules(self) -> list[RulePreview]:
        ...
class AccuracyStep:
    """
    A model that was measured on the way.
    """
    def __repr__(self) -> str:
        ...
    @property
    def drop(self) -> float:
        ...
    @property
    def float_layers(self) -> int:
        """
        How many layers were put back to floating point.
        """
    @property
    def is_known(self) -> bool:
        """
        Taken from the state of an earlier run.
        """
    @property
    def metric(self) -> float:
        ...
    @property
    def seconds(self) -> float:
        """
        Since the beginning.
        """
class AccuracyControlResult:
    """
    The best model, and how it was found.
    """
    @property
    def drop(self) -> float:
        ...
    @property
    def float_layers(self) -> list[str]:
        """
        What was put back to floating point.
        """
    @property
    def is_reached(self) -> bool:
        """
        Whether the drop is within the allowed one.
        """
    @property
    def metric(self) -> float:
        ...
    @property
    def reference_metric(self) -> float:
        ...
    @property
    def result(self) -> QuantizeResult:
        """
        As `quantize_to_openvino` returns.
        """
    @property
    def steps(self) -> list[AccuracyStep]:
        ...
class TuneCandidate:
    """
    A recipe that was tried.
    """
    def __repr__(self) -> str:
        ...
    @property
    def bytes(self) -> int:
        """
        Size of all constants.
        """
    @property
    def float_layers(self) -> list[str]:
        """
        What the search put back to floating point.
        """
    @property
    def int8_layers(self) -> int:
        ...
    @property
    def is_on_front(self) -> bool:
        """
        No other candidate is as good and as fast.
        """
    @property
    def latency_ms(self) -> float:
        ...
    @property
    def name(self) -> str:
        """
        Options that differ from those given.
        """
    @property
    def recipe(self) -> Recipe:
        """
        For `octet.apply`.
        """
    @property
    def score(self) -> float:
        """
        The metric; without one SQNR in dB.
        """
    @property
    def seconds(self) -> float:
        """
        Since the beginning.
        """
    @property
    def speedup(self) -> float:
        """
        How many times faster than the model.
        """
class TuneResult:
    """
    Recipes that were tried, and the chosen model.
    """
    def __str__(self) -> str:
        ...
    def text(self, all: bool = False) -> str:
        ...
    def to_json(self) -> str:
        ...
    @property
    def candidates(self) -> list[TuneCandidate]:
        """
        In the order of trying; the first: the options as given.
        """
    @property
    def chosen(self) -> TuneCandidate:
        ...
    @property
    def front(self) -> list[TuneCandidate]:
        """
        Those that no other candidate is as good and as fast as.
        """
    @property
    def has_metric(self) -> bool:
        ...
    @property
    def is_complete(self) -> bool:
        """
        Whether the search came to its end before the time limit.
        """
    @property
    def reference_bytes(self) -> int:
        ...
    @property
    def reference_latency_ms(self) -> float:
        ...
    @property
    def reference_score(self) -> float:
        """
        The model's metric.
        """
    @property
    def result(self) -> QuantizeResult:
        """
        The chosen model, as `quantize_to_openvino` returns it.
        """
    @property
    def samples(self) -> int:
        """
        Items that scores were measured on; 0 with a metric.
        """
class Report:
    """
    Everything to know about a quantized model. `str()` is what matters most, a notebook shows the page.
    """
    @staticmethod
    def _repr_html_(report: typing.Any) -> str:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def save(self, path: os.PathLike | str | bytes) -> None:
        """
        Writes the page.
        """
    def to_html(self) -> str:
        """
        One page that needs nothing else.
        """
    def to_json(self) -> str:
        """
        All of it; docs/report.md has the schema.
        """
    @property
    def verdict(self) -> Verdict:
        """
        INT8 against FP32 on the report's samples.
        """
class Verification:
    """
    Whether a quantized model is what its receipt says. True if it is.
    """
    @staticmethod
    def _repr_html_(result: typing.Any) -> str:
        ...
    def __bool__(self) -> bool:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def to_json(self) -> str:
        ...
    @property
    def is_equal(self) -> bool:
        ...
class SessionLimit:
    """
    Bounds how many of the sessions that share it are compiled.
    """
    def __init__(self, most: typing.SupportsInt | typing.SupportsIndex) -> None:
        ...
class Session:
    """
    A model to run from many threads.
    """
    def __init__(self, *, model: Model, device: str, precision: str, config: collections.abc.Mapping[str, str], cache_dir: str, limit: SessionLimit, input_orders: collections.abc.Sequence[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]], output_orders: collections.abc.Sequence[collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex]]) -> None:
        ...
    def compile(self) -> None:
        ...
    def facts(self) -> dict:
        ...
    def layers(self) -> list[ExecutedLayer]:
        ...
    def release(self) -> None:
        ...
class TorchCall:
    """
    A compiled graph as torch calls it.
    """
    def __init__(self, *, session: Session, tensor_type: typing.Any, empty_strided: typing.Any, inputs: list, weights: list, outputs: list, results: list, changed: typing.Any) -> None:
        ...
    def times(self) -> tuple[int, int, int]:
        ...
class TorchFunction:
    """
    What torch calls for a graph.
    """
    def __init__(self) -> None:
        ...
    def function(self) -> typing.Any:
        """
        Takes an owner, which is not looked at, and what the graph takes; returns a tuple.
        """
    def set(self, call: TorchCall) -> None:
        """
        From now on this is called.
        """
def _tensor_address(array: typing.Any) -> int:
    """
    Where the library reads an array's elements, for tests of copies.
    """
def apply(model: Model, recipe: Recipe) -> Model:
    """
    Replays `recipe` on a clone of `model`.
    """
def benchmark(models: collections.abc.Sequence[Model], seconds: typing.SupportsFloat | typing.SupportsIndex, device: str = 'CPU', precision: str = 'auto', threads: typing.SupportsInt | typing.SupportsIndex = 0, config: collections.abc.Mapping[str, str] = {}, example: typing.Any = None) -> list[BenchmarkResult]:
    """
    Latency and throughput; several models take turns.
    """
def benchmark_json(names: collections.abc.Sequence[str], results: collections.abc.Sequence[BenchmarkResult]) -> str:
    ...
def benchmark_text(names: collections.abc.Sequence[str], results: collections.abc.Sequence[BenchmarkResult]) -> str:
    ...
def calibrate(model: Model, data: typing.Any, file: os.PathLike | str | bytes, number: typing.SupportsInt | typing.SupportsIndex, count: typing.SupportsInt | typing.SupportsIndex, options: dict, on_progress: typing.Any = None, on_diagnostic: typing.Any = None) -> int:
    ...
def compare(reference: Model, other: Model, data: typing.Any, samples: typing.SupportsInt | typing.SupportsIndex, device: str = 'CPU', precision: str = 'auto', threads: typing.SupportsInt | typing.SupportsIndex = 0, config: collections.abc.Mapping[str, str] = {}) -> Comparison:
    """
    Runs at most `samples` items through both models.
    """
def error_codes() -> dict:
    """
    Every error code with the command's exit code and what it means.
    """
def error_text(stage: str, where: str, problem: str, remedy: str) -> str:
    """
    `[stage] where: problem. remedy`
    """
def executed_layers(model: Model, device: str = 'CPU', precision: str = 'auto', threads: typing.SupportsInt | typing.SupportsIndex = 0, config: collections.abc.Mapping[str, str] = {}, example: typing.Any = None) -> list[ExecutedLayer]:
    """
    Compiles the model and tells what each layer runs in.
    """
def from_ov_address(address: typing.SupportsInt | typing.SupportsIndex) -> Model:
    """
    A clone of the openvino.Model at this address that shares its weights.
    """
def image_folder(folder: os.PathLike | str | bytes, *, height: typing.SupportsInt | typing.SupportsIndex = 0, width: typing.SupportsInt | typing.SupportsIndex = 0, mean: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [], scale: collections.abc.Sequence[typing.SupportsFloat | typing.SupportsIndex] = [], layout: str = 'nchw', resize: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [], crop: collections.abc.Sequence[typing.SupportsInt | typing.SupportsIndex] = [], raw_255: bool = False, strict: bool = False) -> NativeDataset:
    """
    Images of a folder in the order of their names: decoded to RGB, resized (shorter side, bilinear), cropped, divided by 255, minus `mean`, divided by `scale`. Each is an item of shape [1, 3, height, width], or [1, height, width, 3] for layout 'nhwc'.
    """
def inspect(model: Model, options: dict) -> list[LayerDecision]:
    ...
def layers_dot(model: Model, layers: collections.abc.Sequence[LayerDecision]) -> str:
    ...
def layers_json(model: Model, layers: collections.abc.Sequence[LayerDecision]) -> str:
    ...
def layers_text(model: Model, layers: collections.abc.Sequence[LayerDecision]) -> str:
    ...
def load(path: os.PathLike | str | bytes) -> Model:
    """
    Reads .pt2, .onnx or .xml.
    """
def lower(program: dict) -> Model:
    """
    Converts what octet._walker makes of a graph of torch.
    """
def nearest(word: str, candidates: collections.abc.Sequence[str], count: typing.SupportsInt | typing.SupportsIndex = 3) -> list[str]:
    """
    Up to `count` of `candidates`, nearest to `word` first.
    """
def npy_file(file: os.PathLike | str | bytes) -> NativeDataset:
    """
    One .npy: the first axis counts the samples, each becomes an item.
    """
def npz_file(file: os.PathLike | str | bytes) -> NativeDataset:
    """
    One .npz: arrays are named inputs whose first axis counts the samples.
    """
def option_words() -> dict:
    """
    The words of each enumeration of options.
    """
def precisions_text(layers: collections.abc.Sequence[ExecutedLayer]) -> str:
    """
    Layers of each kind and the precision that they ran in.
    """
def preview(model: Model, options: dict) -> Preview:
    ...
def preview_json(preview: Preview) -> str:
    ...
def preview_text(model: Model, preview: Preview) -> str:
    ...
def quantize(model: Model, data: typing.Any, options: dict, on_progress: typing.Any = None, on_diagnostic: typing.Any = None) -> QuantizeResult:
    ...
def quantize_with_accuracy_control(model: Model, data: typing.Any, validate: typing.Any, options: dict, max_drop: typing.SupportsFloat | typing.SupportsIndex, drop_type: str, time_limit: typing.SupportsFloat | typing.SupportsIndex, state: os.PathLike | str | bytes, on_step: typing.Any = None, on_progress: typing.Any = None, on_diagnostic: typing.Any = None) -> AccuracyControlResult:
    ...
def random_samples(model: Model, count: typing.SupportsInt | typing.SupportsIndex) -> NativeDataset:
    """
    Uniform noise from a fixed seed. Ranges measured on noise are meaningless.
    """
def report(reference: Model, quantized: Model, data: typing.Any, samples: typing.SupportsInt | typing.SupportsIndex, seconds: typing.SupportsFloat | typing.SupportsIndex, device: str, precision: str, threads: typing.SupportsInt | typing.SupportsIndex, reference_bytes: typing.Any = None, quantized_bytes: typing.Any = None, on_progress: typing.Any = None) -> Report:
    ...
def report_of_result(reference: Model, result: QuantizeResult, threads: typing.SupportsInt | typing.SupportsIndex = 0, on_progress: typing.Any = None) -> Report:
    """
    The report on what `quantize` made.
    """
def run(model: Model, sample: typing.Any, device: str = 'CPU', precision: str = 'auto', threads: typing.SupportsInt | typing.SupportsIndex = 0, config: collections.abc.Mapping[str, str] = {}) -> list:
    """
    Runs one item; the outputs in the model's order, as arrays.
    """
def stored_statistics(files: collections.abc.Sequence[os.PathLike | str | bytes]) -> NativeDataset:
    """
    What `calibrate` wrote for all shards, in place of a dataset.
    """
def tree_text(model: Model, layers: collections.abc.Sequence[LayerDecision], depth: typing.SupportsInt | typing.SupportsIndex | None = None) -> str:
    ...
def try_lower(program: dict) -> tuple[Model | None, list[tuple[str, str, str]]]:
    """
    As `lower`, but what has no conversion is returned: (model or None, a list of (value, operator, reason)).
    """
def tune(model: Model, data: typing.Any, validate: typing.Any, options: dict, max_drop: typing.SupportsFloat | typing.SupportsIndex, drop_type: str, time_limit: typing.SupportsFloat | typing.SupportsIndex, precision: str, inference_threads: typing.SupportsInt | typing.SupportsIndex, example: typing.Any, on_candidate: typing.Any = None, on_progress: typing.Any = None, on_diagnostic: typing.Any = None) -> TuneResult:
    ...
def user_line(stack_trace: str) -> str:
    """
    '/path/resnet.py:98': the user's innermost line of torch's stack trace, or empty.
    """
def verify(quantized: Model, data: typing.Any, reference: Model | None = None, threads: typing.SupportsInt | typing.SupportsIndex = 0, on_progress: typing.Any = None) -> Verification:
    ...
MODE_WRAPPERS: tuple = ('higher_order.wrap_with_set_grad_enabled', 'higher_order.wrap_with_autocast', 'higher_order.strict_mode', 'higher_order.hints_wrapper', 'higher_order.wrap', 'higher_order.tag_activation_checkpoint')
__version__: str
