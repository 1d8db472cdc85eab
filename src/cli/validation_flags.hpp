#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/data_flags.hpp"

namespace octet::cli {

/// What a model's metric is measured on, and which metric: `top1`, the share of samples whose
/// largest score is at the label's place, or at the same place as the model's in FP32; or `cosine`,
/// that of the worst output with the model's in FP32.
class ValidationFlags {
 public:
  void declare(CLI::App& app, const char* group);
  bool is_given() const { return !validation_.empty(); }
  /// Reads the validation data. Throws `Error`.
  std::function<double(const Model&)> metric(const Model& model, const DataFlags& data) const;

 private:
  std::string validation_, labels_, metric_;
};

}  // namespace octet::cli
