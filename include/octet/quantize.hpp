#pragma once

#include <string>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/model.hpp"
#include "octet/options.hpp"
#include "octet/recipe.hpp"
#include "octet/verdict.hpp"

namespace octet {

/// Whether a layer will run in INT8, and why or why not.
struct LayerDecision {
  std::string node;       ///< friendly name
  std::string type;       ///< OpenVINO type
  std::string precision;  ///< "int8" or "float"
  std::string reason;     ///< stable words, such as "ignored: name 'head'", "op is not quantizable"
};

/// Where time went. A part of a stage is named `calibration/compile`.
struct StageTime {
  std::string stage;
  double seconds = 0;            ///< on the clock
  double processor_seconds = 0;  ///< of all threads together
};

/// How many samples were measured at a time, and the memory that this was expected to take.
struct MemoryPlan {
  std::size_t predicted_bytes = 0;    ///< beyond what the process had; 0: nothing was measured
  std::size_t streams = 0;            ///< samples that run at a time
  std::size_t samples_in_flight = 0;  ///< running, or waiting for their turn
  bool is_within_limit = true;        ///< of `QuantizeOptions::max_memory`
};

struct QuantizeResult {
  Model model;    ///< ready to run or to save
  Recipe recipe;  ///< what was done
  std::vector<LayerDecision> layers;
  std::vector<Diagnostic> diagnostics;
  std::size_t samples = 0;                      ///< items that were read
  std::map<std::string, double> stage_seconds;  ///< wall-clock time by stage
  /// Stages and their parts, in the order in which they began. `calibration/measure`, which runs
  /// inside of the model, is known by its processor time alone.
  std::vector<StageTime> profile;
  MemoryPlan memory;
  Verdict verdict;  ///< INT8 against FP32 on a few samples
  /// The first samples, in the order of the model's inputs; none where `on_collapse` is `ignore`.
  std::vector<Sample> kept;
};

/// Quantizes `model` to INT8 after training. Reads at most `options.subset_size` items of `data`,
/// once. `model` is not changed. The result is compared with the model on the first samples: see
/// `QuantizeOptions::on_collapse`. Throws `Error`.
OCTET_API QuantizeResult quantize(const Model& model, Dataset& data,
                                  const QuantizeOptions& options = {});

/// What `quantize` would do with each layer; needs no data.
OCTET_API std::vector<LayerDecision> inspect(const Model& model,
                                             const QuantizeOptions& options = {});

}  // namespace octet
