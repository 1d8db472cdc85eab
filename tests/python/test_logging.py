"""What is logged, at which level, and that nothing of it goes to standard output."""

import logging
import os
import subprocess
import sys
import textwrap

import numpy as np
import octet
import pytest
from command_inputs import convolutions


def data(count=8):
    samples = np.random.default_rng(0).normal(0, 1, (count, 1, 3, 16, 16)).astype(np.float32)
    return list(samples)


def codes(caplog, level):
    return [r.diagnostic.code for r in caplog.records if r.name == "octet" and r.levelno == level]


def test_warnings_and_notes_are_records_with_their_diagnostic(caplog):
    with caplog.at_level(logging.INFO, logger="octet"):
        result = octet.quantize_to_openvino(convolutions(), data())
    assert codes(caplog, logging.INFO) == ["accuracy_good"]
    assert len(codes(caplog, logging.WARNING)) == 1  # fewer samples than the subset size
    assert [record.diagnostic.code for record in caplog.records] == [
        diagnostic.code for diagnostic in result.diagnostics
    ]
    assert caplog.records[0].getMessage() == str(result.diagnostics[0])


def test_notes_are_quiet_by_default(caplog):
    octet.quantize(convolutions(), data(), subset_size=8)
    assert caplog.records == []


def test_what_was_said_before_an_error_is_not_lost(caplog):
    def stop(stage, done, total):
        if stage == "emission":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        octet.quantize(convolutions(), data(), progress=stop)
    assert len(codes(caplog, logging.WARNING)) == 1


def test_sharded_calibration_logs_what_it_decides(caplog, tmp_path):
    model = octet.quantize(convolutions(), data(), subset_size=8)
    octet.calibrate(model, data(), tmp_path / "part")
    assert codes(caplog, logging.WARNING) == ["already_quantized"]


def test_a_filter_that_raises_ends_the_run():
    def refuse(record):
        raise KeyboardInterrupt

    logger = logging.getLogger("octet")
    logger.addFilter(refuse)
    try:
        with pytest.raises(KeyboardInterrupt):
            octet.quantize(convolutions(), data())
    finally:
        logger.removeFilter(refuse)


def test_standard_output_stays_clean():
    """Without any set-up a program's warnings go to standard error."""
    program = """
        import numpy as np, octet
        from test_logging import data
        from command_inputs import convolutions

        octet.quantize(convolutions(), data())
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ":".join(path for path in sys.path if path)},
    )
    assert result.stdout == ""
    assert "fewer than the subset size of 300" in result.stderr


def test_import_diagnostics_are_logged(caplog):
    torch = pytest.importorskip("torch")

    class Counter(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("calls", torch.zeros(1))

        def forward(self, x):
            self.calls.add_(1)
            return x * 2

    program = torch.export.export(Counter(), (torch.zeros(1, 3),))
    model = octet.load(program)
    assert codes(caplog, logging.WARNING) == ["state_dropped"]
    octet.run(model, np.ones((1, 3), "f4"))  # a model that is loaded says nothing again
    assert codes(caplog, logging.WARNING) == ["state_dropped"]
