#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "octet/dataset.hpp"
#include "octet/model.hpp"

namespace octet::cli {

/// Where samples come from.
class DataFlags {
 public:
  void declare(CLI::App& app, bool is_required);
  bool is_given() const { return !source_.empty(); }
  /// `count`: how many samples random data have. Throws `Error`.
  std::unique_ptr<Dataset> open(const Model& model, std::size_t count) const {
    return open_source(source_, model, count);
  }
  /// Other data of the same kind, with the same treatment of images.
  std::unique_ptr<Dataset> open_source(const std::string& source, const Model& model,
                                       std::size_t count) const;

 private:
  std::unique_ptr<Dataset> open_images(const std::string& folder, const Model& model) const;

  std::string source_, mean_, scale_, layout_, resize_, crop_;
  bool raw_255_ = false, strict_ = false;
};

}  // namespace octet::cli
