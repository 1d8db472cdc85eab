#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "octet/options.hpp"
#include "octet/recipe.hpp"
#include "scheme/placement.hpp"
#include "statistics/statistics.hpp"

namespace octet::algorithms {

/// What an algorithm may read. `model` has the structural edits applied.
struct Context {
  const Model& model;
  const scheme::Placement& placement;
  const QuantizeOptions& options;
  std::vector<Edit> structure = {};
  const Model* original = nullptr;  ///< before the structural edits; null: `model` has none
};

/// One step of the pipeline. It first says which statistics it needs, then, after the one
/// calibration pass, turns them into edits. `edits` begins with the structural edits and holds what
/// earlier algorithms decided.
class Algorithm {
 public:
  virtual ~Algorithm() = default;
  virtual const char* name() const = 0;
  /// Appends to `requests`; remembers where its own begin.
  virtual void request(const Context& context, statistics::Requests& requests) = 0;
  virtual void run(const Context& context, const statistics::Results& results,
                   std::vector<Edit>& edits, std::vector<Diagnostic>& diagnostics) = 0;
};

/// The pipeline for these options, in its order.
std::vector<std::unique_ptr<Algorithm>> pipeline(const QuantizeOptions& options);

/// Edits made before placement because they change where quantizers can go: batch-norm folding, and
/// the places where SmoothQuant and channel alignment scale channels (by 1, until they have
/// statistics).
std::vector<Edit> structural_edits(const Model& model, const QuantizeOptions& options);

/// Every batch norm, or multiplication by constants per channel, that can become part of the layer
/// before it.
std::vector<Edit> fold_batch_norms(const Model& model);

}  // namespace octet::algorithms
