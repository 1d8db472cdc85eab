#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "octet/accuracy_control.hpp"
#include "octet/export.hpp"
#include "octet/quantize.hpp"
#include "octet/runtime.hpp"

namespace octet {

struct TuneOptions {
  /// The model's metric, larger for better models. Empty: the score is the ratio of signal to noise
  /// (in dB) of the worst output against FP32, before a softmax, on samples of the data that are
  /// not calibrated with.
  std::function<double(const Model&)> validate;
  /// How much of the metric the chosen model may lose. Without a metric it has no meaning: the
  /// chosen model is then no worse than the first candidate, the options as they were given, and
  /// has 10 dB at least.
  double max_drop = 0.005;
  DropType drop_type = DropType::relative;
  /// Seconds after which nothing further is tried; 0: no limit. What was begun is finished.
  double time_limit = 0;
  /// What latency is measured with. "f32" where a layer is not quantized, unless it says otherwise.
  RunOptions run = {"CPU", "f32", 0, {}, {}};
  /// Called after each candidate. May be empty.
  std::function<void(const struct TuneCandidate&)> on_candidate;
};

/// A recipe that was tried.
struct TuneCandidate {
  std::string name;                       ///< options that differ from those given, and layers
  std::vector<std::string> float_layers;  ///< what the search put back, by friendly names
  Recipe recipe;
  double score = 0;
  double latency_ms = 0;
  double speedup = 0;  ///< the model's latency by this one's, both timed in turns
  std::uint64_t bytes = 0;
  double seconds = 0;         ///< since the beginning, when it had been measured
  bool is_on_front = false;   ///< no other candidate is as good and faster, or better and as fast
  std::size_t quantized = 0;  ///< layers in INT8
};

struct TuneResult {
  QuantizeResult result;                  ///< the chosen model
  std::vector<TuneCandidate> candidates;  ///< in the order of trying; the first: options as given
  std::size_t chosen = 0;
  bool has_metric = false;     ///< what a score is: a metric, or dB
  double reference_score = 0;  ///< the model's metric; infinite without one
  double reference_latency_ms = 0;
  std::uint64_t reference_bytes = 0;
  std::size_t samples = 0;  ///< items that scores were measured on; 0 with a metric
  bool is_complete = true;  ///< false: the time limit ended the search
};

/// Looks for recipes that give good and fast models: estimators, presets, SmoothQuant, channel
/// alignment, bias corrections, layers left in floating point because INT8 makes them slower or
/// because they make the most error. Data are read once. Latency is measured on this machine; all
/// else is deterministic, but which layers are slow depends on it.
///
/// The chosen model: of those that lose no more than is allowed and are faster than the model, the
/// fastest, and among equally fast ones the best. Where there is none, a warning says so, and it is
/// the best of those that are allowed, or of all. Throws `Error`; what `validate` throws is passed
/// on.
OCTET_API TuneResult tune(const Model& model, Dataset& data, const QuantizeOptions& options = {},
                          const TuneOptions& tuning = {});

}  // namespace octet
