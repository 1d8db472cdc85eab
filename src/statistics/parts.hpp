#pragma once

#include <filesystem>
#include <vector>

#include "octet/calibrate.hpp"
#include "statistics/statistics.hpp"

namespace octet::statistics {

/// Files of statistics where the pipeline expects data.
class StoredStatistics final : public Dataset {
 public:
  explicit StoredStatistics(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}
  const std::vector<std::filesystem::path>& files() const { return files_; }
  /// Throws `Error` (unsupported_option): there are no samples any more.
  std::optional<Sample> next() override;
  std::string describe() const override;

 private:
  std::vector<std::filesystem::path> files_;
};

/// The merged statistics. Throws `Error` as `octet::stored_statistics` says.
Results results_of(const StoredStatistics& stored, const Model& model, const Requests& requests,
                   const CalibrationOptions& options);

/// Measures a shard into a file, as `octet::calibrate` says; `model` has the structural edits.
std::size_t measure_part(const Model& model, Dataset& data, const Requests& requests,
                         const CalibrationOptions& options, const std::filesystem::path& file,
                         const Shard& shard);

}  // namespace octet::statistics
