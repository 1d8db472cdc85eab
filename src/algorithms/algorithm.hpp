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

/// What an algorithm may read. `model` has the structural edits (batch-norm folding) applied.
struct Context {
  const Model& model;
  const scheme::Placement& placement;
  const QuantizeOptions& options;
};

/// One step of the pipeline. It first says which statistics it needs, then, after the one
/// calibration pass, turns them into edits. `edits` holds what earlier algorithms decided.
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

/// Structural edits made before placement: batch-norm folding.
std::vector<Edit> fold_batch_norms(const Model& model);

}  // namespace octet::algorithms
