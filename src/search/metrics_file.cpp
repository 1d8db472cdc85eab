#include "search/metrics_file.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "octet/error.hpp"

namespace octet::search {
namespace {

constexpr const char* format = "octet accuracy control 1";

}  // namespace

MetricsFile::MetricsFile(std::filesystem::path path) : path_(std::move(path)) {
  std::error_code error;
  if (path_.empty() || !std::filesystem::exists(path_, error)) return;
  std::ifstream stream(path_, std::ios::binary);
  const nlohmann::json json = nlohmann::json::parse(stream, nullptr, false);
  bool is_valid = json.is_object() && json.value("format", nlohmann::json()) == format &&
                  json.contains("metrics") && json["metrics"].is_object();
  if (is_valid)
    for (const auto& [key, metric] : json["metrics"].items()) {
      is_valid = is_valid && metric.is_number();
      if (is_valid) metrics_[key] = metric.get<double>();
    }
  if (!is_valid)
    throw Error(ErrorCode::recipe_invalid, "search", "file '" + path_.string() + "'",
                "it is no state of an accuracy control", "Remove it, or name another file");
}

std::optional<double> MetricsFile::find(const std::string& key) const {
  const auto found = metrics_.find(key);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

void MetricsFile::add(const std::string& key, double metric) {
  metrics_[key] = metric;
  if (path_.empty()) return;
  nlohmann::ordered_json json{{"format", format}, {"metrics", metrics_}};
  core::write_file("search", path_, json.dump(2) + "\n");
}

}  // namespace octet::search
