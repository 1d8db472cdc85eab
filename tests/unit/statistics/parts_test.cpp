#include "statistics/parts.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include <unistd.h>

#include "statistics/exact_sum.hpp"
#include "statistics/log_histogram.hpp"
#include "statistics/part_file.hpp"
#include "statistics/pass.hpp"
#include "unit/statistics/models.hpp"

namespace {

using namespace octet;
using namespace octet::statistics;

using namespace octet::tests;
using std::filesystem::path;

constexpr std::size_t channels = 5, sample_count = 13;

/// A folder that lives as long as the test.
struct Folder {
  path place = std::filesystem::temp_directory_path() / ("octet_parts_" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(place); }
  ~Folder() { std::filesystem::remove_all(place); }
};

std::vector<ov::Tensor> data() {
  std::vector<ov::Tensor> all;
  for (unsigned i = 0; i < sample_count; ++i)
    all.push_back(noise({1, channels, 7}, i, 1 + 0.1F * static_cast<float>(i)));
  return all;
}

/// Every kind of statistic.
Requests everything() {
  Requests requests;
  const TensorRef y{"y", 0};
  for (const AggregatorType aggregator :
       {AggregatorType::mean, AggregatorType::median, AggregatorType::mean_no_outliers,
        AggregatorType::histogram, AggregatorType::mse})
    requests.ranges.push_back(
        {y, {}, estimator(StatisticsType::min, aggregator, StatisticsType::abs_max, aggregator)});
  requests.ranges.push_back({y, 1,
                             estimator(StatisticsType::min, AggregatorType::min,
                                       StatisticsType::max, AggregatorType::max)});
  requests.ranges.push_back({y, 1,
                             estimator(StatisticsType::quantile, AggregatorType::mean,
                                       StatisticsType::quantile, AggregatorType::median, 0.1)});
  requests.channel_means.push_back({y, 1, true});
  requests.keep = 4;
  return requests;
}

void check_same(const Results& found, const Results& wanted) {
  CHECK(found.items == wanted.items);
  CHECK(found.samples == wanted.samples);
  REQUIRE(found.ranges.size() == wanted.ranges.size());
  for (std::size_t i = 0; i < wanted.ranges.size(); ++i) {
    CHECK(found.ranges[i].low == wanted.ranges[i].low);
    CHECK(found.ranges[i].high == wanted.ranges[i].high);
  }
  CHECK(found.channel_means == wanted.channel_means);
  REQUIRE(found.kept.size() == wanted.kept.size());
  for (std::size_t i = 0; i < wanted.kept.size(); ++i) {
    CHECK(found.kept[i].channel_means == wanted.kept[i].channel_means);
    for (const auto member : {&KeptSample::inputs, &KeptSample::outputs}) {
      const ov::Tensor &a = (found.kept[i].*member).at(0), &b = (wanted.kept[i].*member).at(0);
      CHECK(a.get_shape() == b.get_shape());
      CHECK(std::memcmp(a.data(), b.data(), b.get_byte_size()) == 0);
    }
  }
}

/// Ends in an error after six items.
struct Broken : Dataset {
  std::vector<ov::Tensor> all = data();
  std::size_t given = 0;
  std::optional<Sample> next() override {
    if (given == 6) throw Error(ErrorCode::dataset_failed, "data", "", "the disk is gone", "");
    return Sample{{{"", all.at(given++)}}};
  }
  std::string describe() const override { return "broken data"; }
};

/// Data that must not be read.
struct Unreadable : Dataset {
  std::optional<Sample> next() override {
    throw Error(ErrorCode::dataset_failed, "data", "", "it is read", "");
  }
  std::string describe() const override { return "unreadable data"; }
};

ErrorCode fault_of(const Model& model, const Requests& requests, std::vector<path> files,
                   const CalibrationOptions& options = {}) {
  try {
    calibrate(model, *stored_statistics(std::move(files)), requests, options);
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::internal;
}

}  // namespace

TEST_CASE("shards of the data, put together in any order, give what one run gives") {
  const Model model = doubling({-1, channels, 7});
  const Requests requests = everything();
  const Results wanted = calibrate(model, *items(data()), requests, {});
  const Folder folder;
  for (const std::size_t count : {1, 2, 3, 20}) {
    std::vector<path> files;
    for (std::size_t i = count; i-- > 0;) {
      files.push_back(folder.place / (std::to_string(count) + "_" + std::to_string(i)));
      CHECK(measure_part(model, *items(data()), requests, {.threads = 1 + i % 2}, files.back(),
                         {i, count}) == sample_count);
    }
    check_same(calibrate(model, *stored_statistics(files), requests, {}), wanted);
  }
}

TEST_CASE("a calibration goes on where its file stopped") {
  const Model model = doubling({-1, channels, 7});
  const Requests requests = everything();
  const CalibrationOptions options;
  const Folder folder;
  const path file = folder.place / "part";
  // What a run leaves that ends after six items, because the data do.
  const CalibrationOptions six{.subset_size = 6};
  Pass first(model, requests, six);
  first.run(*items(data()), {});
  Pass second(model, requests, options);
  second.merge(State::from_cbor(State::to_cbor(first.state())));
  second.run(*items(data()), {});
  check_same(second.results(""), calibrate(model, *items(data()), requests, options));

  // The same by a file. That items 1 to 5 are others now shows that they are not read again.
  std::vector<ov::Tensor> others = data();
  for (std::size_t i = 1; i < 6; ++i) others[i] = noise(others[i].get_shape(), 99, 1000);
  Broken broken;
  CHECK_THROWS_AS(measure_part(model, broken, requests, options, file, {}), Error);
  CHECK(fault_of(model, requests, {file}) == ErrorCode::invalid_argument);
  CHECK(measure_part(model, *items(others), requests, options, file, {}) == sample_count);
  check_same(calibrate(model, *stored_statistics({file}), requests, options),
             calibrate(model, *items(data()), requests, options));

  // A whole part is left alone: the data are not even read.
  Unreadable none;
  CHECK(measure_part(model, none, requests, options, file, {}) == sample_count);
}

TEST_CASE("statistics of something else, of some shards, or damaged are refused") {
  const Model model = doubling({-1, channels, 7});
  const Requests requests = everything();
  const Folder folder;
  const path a = folder.place / "a", b = folder.place / "b", short_b = folder.place / "short";
  measure_part(model, *items(data()), requests, {}, a, {0, 2});
  measure_part(model, *items(data()), requests, {}, b, {1, 2});
  std::vector<ov::Tensor> fewer = data();
  fewer.pop_back();
  measure_part(model, *items(fewer), requests, {}, short_b, {1, 2});
  const auto wrong = ErrorCode::invalid_argument;
  CHECK(fault_of(model, requests, {a}) == wrong);
  CHECK(fault_of(model, requests, {a, a}) == wrong);
  CHECK(fault_of(model, requests, {a, b, b}) == wrong);
  CHECK(fault_of(model, requests, {a, short_b}) == wrong);
  CHECK(fault_of(model, requests, {a, b}, {.subset_size = 200}) == wrong);
  CHECK(fault_of(doubling({-1, channels, 8}), requests, {a, b}) == wrong);
  Requests others = everything();
  others.ranges.pop_back();
  CHECK(fault_of(model, others, {a, b}) == wrong);
  CHECK(fault_of(model, requests, {}) == ErrorCode::dataset_empty);
  CHECK(fault_of(model, requests, {a, folder.place / "none"}) == ErrorCode::file_not_found);
  CHECK_THROWS_AS(measure_part(model, *items(data()), requests, {}, a, {1, 2}), Error);

  std::ifstream stream(b, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  const auto damaged = [&](std::string bytes) {
    std::ofstream(b, std::ios::binary) << bytes;
    return fault_of(model, requests, {a, b});
  };
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(flipped[whole.size() / 2] ^ 1);
  CHECK(damaged(flipped) == ErrorCode::corrupt_archive);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{10}, std::size_t{30}, whole.size() - 1})
    CHECK(damaged(whole.substr(0, size)) == ErrorCode::corrupt_archive);
  CHECK(damaged("model.xml") == ErrorCode::corrupt_archive);
  CHECK(damaged(part_text(std::string(200'000, '\x81'))) == ErrorCode::corrupt_archive);
}

TEST_CASE("statistics that a stranger wrote are refused or taken, and never crash") {
  const Model model = doubling({-1, channels, 7});
  const Requests requests = everything();
  const Folder folder;
  const path file = folder.place / "a";
  measure_part(model, *items(data()), requests, {}, file, {});
  const Part sound = read_part(file);
  const State content{
      {"identity", sound.identity}, {"shard", {0, 1}}, {"is_whole", true}, {"state", sound.state}};
  const std::vector<std::uint8_t> cbor = State::to_cbor(content);
  std::mt19937 random(3);
  std::size_t refused = 0, taken = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string bytes(cbor.begin(), cbor.end());
    // Most of the file is arrays of numbers; what says their sizes lies near its ends.
    const std::size_t place = round % 2   ? random() % bytes.size()
                              : round % 4 ? random() % std::min<std::size_t>(bytes.size(), 600)
                                          : bytes.size() - 1 - random() % 600;
    bytes[place] = static_cast<char>(random());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << part_text(bytes);
    try {
      results_of(StoredStatistics({file}), model, requests, {});
      ++taken;
    } catch (const Error& error) {
      CHECK_FALSE(error.remedy().empty());
      ++refused;
    }
  }
  CHECK(refused > 100);
  CHECK(taken > 100);
}

TEST_CASE("sums and histograms come back from their states bit for bit") {
  std::mt19937_64 random(1);
  ExactSum sum, other;
  for (int i = 0; i < 1000; ++i) {
    const double value = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                                    static_cast<int>(random() % 90) - 60);
    (i % 3 == 0 ? sum : other).add(value);
  }
  sum.add(std::numeric_limits<double>::max());
  std::vector<std::uint64_t> words{42};
  sum.write(words);
  other.write(words);
  std::size_t place = 1;
  ExactSum total = ExactSum::read(words, place);
  total.add(ExactSum::read(words, place));
  CHECK(place == words.size());
  sum.add(other);
  CHECK(total.value() == sum.value());

  // Cut off anywhere, or with a number of bands that no sum has.
  for (std::size_t size = 1; size < words.size(); ++size) {
    const std::vector<std::uint64_t> cut(words.begin(),
                                         words.begin() + static_cast<std::ptrdiff_t>(size));
    place = 1;
    CHECK_THROWS_AS((ExactSum::read(cut, place), ExactSum::read(cut, place)), BadState);
  }
  place = 0;
  CHECK_THROWS_AS(ExactSum::read({~std::uint64_t{0}, 0, 0}, place), BadState);

  const std::vector<float> values{0, -0.0F, 1e-30F, -3, 3, 3.001F, 1e30F};
  LogHistogram histogram, copy;
  histogram.add(values.data(), values.size());
  copy.merge(State::from_cbor(State::to_cbor(histogram.state())));
  copy.merge(histogram.state());
  CHECK(copy.total() == 2 * histogram.total());
  const auto once = histogram.buckets(), twice = copy.buckets();
  REQUIRE(once.size() == twice.size());
  for (std::size_t i = 0; i < once.size(); ++i) CHECK(twice[i].count == 2 * once[i].count);
  const State bad{{"places", pack(std::vector<std::uint32_t>{1U << 18})},
                  {"counts", pack(std::vector<std::uint64_t>{1})}};
  CHECK_THROWS_AS(copy.merge(bad), BadState);
}
