#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "octet/dataset.hpp"
#include "octet/export.hpp"
#include "octet/model.hpp"
#include "octet/quantize.hpp"
#include "octet/runtime.hpp"
#include "octet/verdict.hpp"

namespace octet {

struct Comparison {
  std::vector<OutputDifference> outputs;
  std::size_t samples = 0;  ///< items of the dataset that were run
};

/// Runs at most `samples` items of `data` through both models. Throws `Error`: sample_mismatch
/// where the models' outputs differ in number or shape, dataset_empty.
OCTET_API Comparison compare(const Model& reference, const Model& other, Dataset& data,
                             std::size_t samples, const RunOptions& options = {});

/// A decision and what became of it.
struct LayerOutcome {
  LayerDecision decision;
  std::string ran_as;     ///< type in the executable graph; empty: the plugin merged it into others
  std::string precision;  ///< precision it ran in
};
/// What the plugin made of each layer.
OCTET_API std::vector<LayerOutcome> outcomes_of(const std::vector<LayerDecision>& decisions,
                                                const std::vector<ExecutedLayer>& executed);

/// Layers of one kind in the executable graph.
struct KindSummary {
  std::string type;                               ///< such as "Convolution"
  std::map<std::string, std::size_t> precisions;  ///< number of layers by precision
  double milliseconds = 0;                        ///< 0 where not measured
};
/// Kinds with arithmetic first, then by number. Inputs, outputs and constants are left out.
OCTET_API std::vector<KindSummary> precisions_by_kind(const std::vector<ExecutedLayer>& executed);

/// Whether a precision that the plugin names is an 8-bit integer's.
OCTET_API bool is_int8(const std::string& precision);

}  // namespace octet
