#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace octet::search {

/// The metrics of models that were measured already, in a file that is whole at any time. Keys are
/// hashes of what was measured, so that another model, data or options never meet old metrics.
class MetricsFile {
 public:
  /// Empty `path`: nothing is kept. Throws `Error` (recipe_invalid) where the file is no such file.
  explicit MetricsFile(std::filesystem::path path);
  std::optional<double> find(const std::string& key) const;
  /// Throws `Error` (output_unwritable).
  void add(const std::string& key, double metric);

 private:
  std::filesystem::path path_;
  std::map<std::string, double> metrics_;
};

}  // namespace octet::search
