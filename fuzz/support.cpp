#include "support.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <vector>

#include "octet/error.hpp"

/// Given by libFuzzer; the replaying program never mutates.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t largest)
    __attribute__((weak));

namespace octet::fuzz {
namespace {

using Json = nlohmann::json;

/// Removes its file when the process ends.
struct Scratch {
  std::filesystem::path path;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

void collect(Json& value, std::vector<Json*>& all) {
  all.push_back(&value);
  if (value.is_structured())
    for (auto& item : value) collect(item, all);
}

Json extreme(std::mt19937& random) {
  static const std::vector<Json> values = {nullptr,
                                           true,
                                           0,
                                           -1,
                                           1,
                                           7,
                                           255,
                                           4096,
                                           -2147483648LL,
                                           2147483648LL,
                                           9223372036854775807LL,
                                           18446744073709551615ULL,
                                           0.5,
                                           -1e308,
                                           1e308,
                                           "",
                                           "as_int",
                                           "x",
                                           "../../x",
                                           "/x",
                                           std::string(300, 'a'),
                                           "\xc3\xa9",
                                           Json::array(),
                                           Json::object(),
                                           Json::array({1, 2, 3})};
  return values[random() % values.size()];
}

}  // namespace

std::filesystem::path file_of(std::string_view bytes, const std::string& extension) {
  static std::map<std::string, Scratch> files;
  Scratch& scratch = files[extension];
  if (scratch.path.empty())
    scratch.path = "/dev/shm/octet_fuzz_" + std::to_string(::getpid()) + extension;
  std::ofstream file(scratch.path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) {
    std::cerr << "cannot write " << scratch.path << "\n";
    std::exit(2);
  }
  return scratch.path;
}

void read(const std::function<void()>& reader) {
  try {
    reader();
  } catch (const Error& error) {
    if (error.stage().empty() || error.problem().empty()) {
      std::cerr << "an error without words: " << error.what() << "\n";
      std::abort();
    }
  }
}

void mutate(Json& document, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Json*> all;
  collect(document, all);
  Json& value = *all[random() % all.size()];
  switch (random() % 5) {
    case 0:
      value = extreme(random);
      break;
    case 1:
      if (value.is_array() && !value.empty())
        value.erase(random() % value.size());
      else if (value.is_object() && !value.empty())
        value.erase(std::next(value.begin(), static_cast<long>(random() % value.size())).key());
      else
        value = extreme(random);
      break;
    case 2:
      if (value.is_array() && !value.empty())
        value.push_back(Json(value[random() % value.size()]));
      else if (value.is_object())
        value["as_int"] = extreme(random);
      else
        value = Json::array({value, value});
      break;
    case 3:
      value = Json(*all[random() % all.size()]);
      break;
    default:
      if (value.is_number_integer())
        value = value.get<std::int64_t>() ^ (std::int64_t{1} << (random() % 63));
      else if (value.is_string() && !value.get_ref<std::string&>().empty()) {
        std::string text = value.get<std::string>();
        text[random() % text.size()] = static_cast<char>(32 + random() % 95);
        value = text;
      } else {
        value = extreme(random);
      }
  }
}

std::size_t mutate_json(std::uint8_t* data, std::size_t size, std::size_t largest, unsigned seed) {
  Json document = Json::parse(data, data + size, nullptr, false);
  if (document.is_discarded() || seed % 16 == 0) return LLVMFuzzerMutate(data, size, largest);
  mutate(document, seed);
  const std::string text = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() > largest) return LLVMFuzzerMutate(data, size, largest);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

}  // namespace octet::fuzz
