#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/export.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"
#include "octet/quantize.hpp"
#include "octet/verdict.hpp"

namespace octet {

/// A layer of a quantized model, and what became of it. A value that is unset is not known or does
/// not apply. Ratios of signal to noise are infinite where nothing differs.
struct LayerFacts {
  std::string node;    ///< friendly name
  SourceInfo source;   ///< the user's words for it
  std::string type;    ///< OpenVINO type
  std::string asked;   ///< "int8" or "float"
  std::string reason;  ///< why
  /// Precision that the plugin ran it in; empty where it was merged into others without a trace.
  std::string ran;
  std::string kernel;  ///< the plugin's primitive
  std::string within;  ///< the layer that it runs fused into, if any
  /// Of the worst of the tensors that it reads, before its own quantizers: the error that comes in.
  std::optional<double> sqnr_in;
  std::optional<double> sqnr_out;  ///< of its output: all error so far
  /// Of its output from exact inputs: the error that it makes itself (see `LayerError`).
  std::optional<double> sqnr_born;
  /// Share of the output's error that is made here, 0 to 1; the rest is inherited.
  std::optional<double> born_share;
  /// Share of the values it reads that lie outside of their quantizer's range: the largest.
  std::optional<double> clipped;
  /// Widest channel of its weight over the narrowest, by their largest magnitudes.
  std::optional<double> channel_ratio;
  std::optional<double> fp32_ms, int8_ms;  ///< measured by the plugin's counters
  /// What it reads: indices of layers, or -1 - the index of an input of the model.
  std::vector<int> inputs;
};

/// The values of a quantized activation, and the grid that they are rounded to.
struct TensorFacts {
  std::string quantizer;  ///< friendly name of the fake quantize
  std::string tensor;     ///< node whose output it is
  std::vector<std::string> layers;
  std::size_t levels = 256, ranges = 1;  ///< ranges: one, or one a channel
  double scale = 0, zero_point = 0;      ///< of the widest range
  double low = 0, high = 0;              ///< smallest and largest value that the grid holds
  double smallest = 0, largest = 0;      ///< of the values; a power of two apart by 0.2 % at most
  std::uint64_t values = 0;              ///< how many were seen
  double clipped = 0;                    ///< share of them outside of low..high
  std::vector<std::uint64_t> counts;     ///< in equal bins over `first`..`last`
  double first = 0, last = 0;
};

/// The channels of a quantized weight.
struct WeightFacts {
  std::string layer, constant;
  std::string type;                  ///< of the codes, such as "i8"
  std::size_t channels = 0;          ///< along the axes of the output
  std::size_t scales = 1;            ///< one, or one a channel
  std::size_t dead = 0;              ///< channels that are all zero
  double narrowest = 0, widest = 0;  ///< largest magnitude of a channel, of those not dead
  double ratio = 1;                  ///< widest over narrowest
  std::vector<double> quantiles;     ///< of the channels' magnitudes: 0, 1/16, …, 1
};

/// Something worth knowing, in plain words.
struct Finding {
  enum class Level { good, note, warning };
  Level level = Level::note;
  std::string text;
  std::vector<std::string> layers;  ///< friendly names of those that it is about
  std::string remedy;               ///< what to do, or empty
  /// What the remedy was measured to reach on the same samples: ratio of the worst output.
  std::optional<double> gain_from_db, gain_to_db;
};

struct ModelFacts {
  std::string origin;                ///< file, or empty
  std::uint64_t file_bytes = 0;      ///< 0: not known
  std::uint64_t constant_bytes = 0;  ///< of all constants
  /// Measured; 0 where it was not.
  double median_ms = 0, p10_ms = 0, p90_ms = 0, throughput = 0;
  std::map<std::string, std::map<std::string, std::size_t>> kinds;  ///< type → precision → layers
};

/// Everything that a report says about a quantized model.
struct Facts {
  Verdict verdict;  ///< on the report's samples
  ModelFacts reference, quantized;
  std::size_t int8 = 0;                              ///< layers that were asked to run in INT8
  std::size_t ran_int8 = 0;                          ///< of them, those that did
  std::vector<LayerFacts> layers;                    ///< in the graph's order
  std::vector<std::string> inputs;                   ///< names of the model's inputs
  std::vector<std::pair<std::string, int>> outputs;  ///< names, and the layer that makes it or -1
  std::vector<TensorFacts> tensors;
  std::vector<WeightFacts> weights;
  std::vector<Finding> findings;
  std::map<std::string, std::string> settings;  ///< what the quantized model says made it
  std::string precision, device;                ///< what FP32 ran in, and on
  std::vector<Diagnostic> diagnostics;
};

struct ReportOptions {
  std::size_t samples = 4;  ///< items of the data that the models run on
  double seconds = 0.5;     ///< for the latency of each model; 0: no time is measured
  std::string device = "CPU";
  std::string precision = "f32";          ///< of what is not INT8, for latency
  std::size_t threads = 0;                ///< for what is not timed; 0: all cores
  std::vector<Diagnostic> diagnostics{};  ///< what `quantize` said, to be told among the findings
  std::string remedy{};                   ///< what the guard found, and what it reaches
  double remedy_sqnr_db = 0;
  std::function<void(const Progress&)> on_progress{};
  std::function<bool()> is_cancelled{};
};

/// Runs a model and what was made of it on a few samples, and tells all there is to know. Memory
/// grows with the model, not with the data. Throws `Error`: sample_mismatch, dataset_empty,
/// invalid_argument where the models have nothing to do with each other.
OCTET_API Facts examine(const Model& reference, const Model& quantized, Dataset& data,
                        const ReportOptions& options = {});
/// The same for the result of `quantize`, on the samples that it kept. Throws `Error`
/// (invalid_argument) where `on_collapse` is `ignore`, since none are kept then.
OCTET_API Facts examine(const Model& reference, const QuantizeResult& result,
                        const ReportOptions& options = {});

}  // namespace octet
