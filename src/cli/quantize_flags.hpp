#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "octet/options.hpp"

namespace octet::cli {

/// The options of quantization, which `quantize` and `inspect` share.
class QuantizeFlags {
 public:
  void declare(CLI::App& app);
  /// Throws `Error` (invalid_argument).
  QuantizeOptions options() const;

 private:
  std::string preset_, model_type_, target_device_, on_collapse_, advanced_, max_memory_;
  std::size_t subset_size_ = 300, threads_ = 0;
  bool fast_bias_correction_ = true, allow_unmatched_ = false;
  IgnoredScope ignored_;
  std::vector<std::string> ignored_subgraphs_;
};

}  // namespace octet::cli
