#include "statistics/parts.hpp"

#include <algorithm>

#include "core/hash.hpp"
#include "octet/recipe.hpp"
#include "octet/version.hpp"
#include "statistics/part_file.hpp"
#include "statistics/pass.hpp"

namespace octet::statistics {
namespace {

using Path = std::filesystem::path;

constexpr const char* stage = "statistics";

/// A value for a message, also where its text is no UTF-8.
std::string text_of(const State& value) {
  return value.dump(-1, ' ', false, State::error_handler_t::replace);
}

/// What two runs must have in common for their statistics to be put together.
State identity_of(const Model& model, const Requests& requests, const CalibrationOptions& options) {
  core::Hash64 hash;
  const auto add_tensor = [&](const TensorRef& tensor) {
    hash.text(tensor.node);
    hash.number(static_cast<std::uint64_t>(tensor.output));
  };
  const auto add_side = [&](const StatisticsCollectorParameters& side) {
    hash.number(static_cast<int>(side.statistics_type.value()));
    hash.number(static_cast<int>(side.aggregator_type.value()));
    hash.number(side.clipping_value.has_value());
    hash.number(side.clipping_value.value_or(0));
    hash.number(side.quantile_outlier_prob);
  };
  for (const RangeRequest& request : requests.ranges) {
    add_tensor(request.tensor);
    hash.number(static_cast<std::uint64_t>(request.axis.value_or(std::size_t(-1))));
    add_side(request.estimator.min);
    add_side(request.estimator.max);
  }
  hash.number(static_cast<std::uint64_t>(requests.ranges.size()));
  for (const ChannelMeanRequest& request : requests.channel_means) {
    add_tensor(request.tensor);
    hash.number(static_cast<std::uint64_t>(request.axis));
    hash.number(request.of_each_kept);
  }
  hash.number(static_cast<std::uint64_t>(requests.keep));
  return {
      {"octet", version()},
      {"openvino", OCTET_OPENVINO_VERSION},
      {"model", fingerprint(model)},
      {"measured tensors", hash.hex()},
      {"subset size", options.subset_size},
      {"batchwise statistics",
       options.batchwise_statistics ? State(*options.batchwise_statistics) : State("by default")}};
}

void merge(Pass& pass, const Part& part) {
  const auto fail = [&](const std::string& problem) {
    throw Error(ErrorCode::corrupt_archive, stage, where_of_part(part.file), problem,
                "Remove it, and run 'octet calibrate' again");
  };
  try {
    pass.merge(part.state);
  } catch (const BadState& error) {
    fail(error.what());
  } catch (const State::exception& error) {
    fail(std::string("it is not as Octet writes it: ") + error.what());
  }
}

void require_same(const Part& part, const State& identity) {
  // What the user knows comes first; the measured tensors depend on all of it.
  for (const char* key :
       {"octet", "openvino", "model", "subset size", "batchwise statistics", "measured tensors"}) {
    const State& value = identity.at(key);
    if (!part.identity.contains(key) || part.identity[key] != value)
      throw Error(ErrorCode::invalid_argument, stage, where_of_part(part.file),
                  std::string("it was made with another value of '") + key +
                      "': " + (part.identity.contains(key) ? text_of(part.identity[key]) : "none") +
                      ", not " + text_of(value),
                  "Calibrate with the same model and options as here");
  }
}

std::string name_of(const Shard& shard) {
  return "shard " + std::to_string(shard.index + 1) + " of " + std::to_string(shard.count);
}

}  // namespace

std::optional<Sample> StoredStatistics::next() {
  throw Error(ErrorCode::unsupported_option, stage, describe(),
              "statistics are given where samples are needed", "Give the data itself");
}

std::string StoredStatistics::describe() const {
  return std::to_string(files_.size()) + (files_.size() == 1 ? " file" : " files") +
         " of statistics";
}

Results results_of(const StoredStatistics& stored, const Model& model, const Requests& requests,
                   const CalibrationOptions& options) {
  std::vector<Part> parts;
  for (const Path& file : stored.files()) parts.push_back(read_part(file));
  if (parts.empty())
    throw Error(ErrorCode::dataset_empty, stage, stored.describe(), "no file is given",
                "Give what 'octet calibrate' wrote");
  std::ranges::sort(parts, {}, [](const Part& part) { return part.shard.index; });
  const auto mismatch = [](const Part& part, const std::string& problem) {
    throw Error(ErrorCode::invalid_argument, stage, where_of_part(part.file), problem,
                "Give the file of each shard once");
  };
  const State identity = identity_of(model, requests, options);
  Pass pass(model, requests, options);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    require_same(part, identity);
    if (!part.is_whole)
      throw Error(ErrorCode::invalid_argument, stage, where_of_part(part.file),
                  "its calibration was ended before it was done",
                  "Run the same 'octet calibrate' again: it goes on where it stopped");
    if (part.shard.count != parts.size())
      mismatch(part, "it is " + name_of(part.shard) + ", of which " + stored.describe() +
                         (parts.size() == 1 ? " is given" : " are given"));
    if (part.shard.index != i) mismatch(part, name_of(part.shard) + " is given twice");
    const std::size_t before = pass.items();
    merge(pass, part);
    if (i > 0 && part.state.at("items").get<std::size_t>() != before)
      mismatch(part, "its dataset had " + text_of(part.state.at("items")) + " items, that of '" +
                         parts[0].file.string() + "' " + std::to_string(before));
    if (part.state.at("data_hash") != parts[0].state.at("data_hash"))
      throw Error(ErrorCode::invalid_argument, stage, where_of_part(part.file),
                  "it was measured on other data than '" + parts[0].file.string() + "'",
                  "Let every process read the same dataset, in the same order");
  }
  return pass.results(stored.describe());
}

std::size_t measure_part(const Model& model, Dataset& data, const Requests& requests,
                         const CalibrationOptions& options, const Path& file, const Shard& shard) {
  Part part{file, identity_of(model, requests, options), {}, shard};
  Pass pass(model, requests, options);
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    Part found = read_part(file);
    require_same(found, part.identity);
    if (found.shard.index != shard.index || found.shard.count != shard.count)
      throw Error(ErrorCode::invalid_argument, stage, where_of_part(file),
                  "it is " + name_of(found.shard) + ", not " + name_of(shard),
                  "Give each shard a file of its own");
    merge(pass, found);
    if (found.is_whole) return pass.items();
  }
  const auto save = [&] {
    part.state = pass.state();
    write_part(part);
  };
  pass.run(data, shard, save);
  part.is_whole = true;
  save();
  return pass.items();
}

}  // namespace octet::statistics

namespace octet {

std::unique_ptr<Dataset> stored_statistics(std::vector<std::filesystem::path> files) {
  return std::make_unique<statistics::StoredStatistics>(std::move(files));
}

}  // namespace octet
