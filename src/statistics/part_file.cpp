#include "statistics/part_file.hpp"

#include <vector>

#include "core/atomic_file.hpp"
#include "core/hash.hpp"
#include "io/mapped_file.hpp"
#include "octet/error.hpp"

namespace octet::statistics {
namespace {

constexpr const char* stage = "statistics";
constexpr std::string_view magic = "octet statistics 1\n";
constexpr std::size_t checksum_size = 16;
constexpr int deepest = 16;

std::string checksum_of(std::string_view bytes) {
  core::Hash64 hash;
  hash.bytes(bytes.data(), bytes.size());
  return hash.hex();
}

/// Stops at what is nested too deeply: the parser calls itself for each level.
struct DepthCheck : nlohmann::json_sax<State> {
  int depth = 0;
  bool open() { return ++depth <= deepest; }
  bool close() { return --depth >= 0; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const State::exception&) override {
    return false;
  }
};

}  // namespace

std::string where_of_part(const std::filesystem::path& file) {
  return "file '" + file.string() + "'";
}

std::string part_text(std::string_view cbor) {
  std::string text(magic);
  text += cbor;
  text += checksum_of(text);
  return text;
}

void write_part(const Part& part) {
  const std::vector<std::uint8_t> bytes =
      State::to_cbor({{"identity", part.identity},
                      {"shard", {part.shard.index, part.shard.count}},
                      {"is_whole", part.is_whole},
                      {"state", part.state}});
  core::write_file(stage, part.file,
                   part_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
}

Part read_part(const std::filesystem::path& file) {
  const auto mapped = io::MappedFile::open(stage, file);
  const std::string_view all(reinterpret_cast<const char*>(mapped->bytes().data()),
                             mapped->bytes().size());
  const auto fail = [&](const std::string& problem) {
    throw Error(ErrorCode::corrupt_archive, stage, where_of_part(file), problem,
                "Remove it, and run 'octet calibrate' again");
  };
  if (!all.starts_with(magic)) fail("it holds no statistics of this version of Octet");
  if (all.size() < magic.size() + checksum_size ||
      checksum_of(all.substr(0, all.size() - checksum_size)) !=
          all.substr(all.size() - checksum_size))
    fail("it is damaged or cut off");
  const std::string_view body = all.substr(magic.size(), all.size() - magic.size() - checksum_size);
  try {
    DepthCheck check;
    require(State::sax_parse(body.begin(), body.end(), &check, State::input_format_t::cbor),
            "it is not as Octet writes it");
    const State content = State::from_cbor(body.begin(), body.end());
    Part part{
        file, content.at("identity"), content.at("state"), {}, content.at("is_whole").get<bool>()};
    part.shard.index = content.at("shard").at(0).get<std::size_t>();
    part.shard.count = content.at("shard").at(1).get<std::size_t>();
    require(part.shard.index < part.shard.count, "its shard does not exist");
    return part;
  } catch (const State::exception& error) {
    fail(std::string("it is not as Octet writes it: ") + error.what());
  } catch (const BadState& error) {
    fail(error.what());
  }
  return {};
}

}  // namespace octet::statistics
