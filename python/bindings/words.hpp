#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/option_words.hpp"
#include "core/text.hpp"
#include "octet/error.hpp"

namespace octet::python {

/// The value that `word` stands for. Throws `Error` (invalid_argument) naming `where`.
template <typename Enum>
Enum parse_word(const std::string& word, const std::string& where) {
  const auto& words = core::words_of<Enum>;
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) {
    const std::vector<std::string> known(words.begin(), words.end());
    throw Error(ErrorCode::invalid_argument, "api", where,
                "'" + word + "' is none of " + core::join(known, ", "),
                "Did you mean '" + core::nearest(word, known, 1).at(0) + "'?");
  }
  return static_cast<Enum>(found - words.begin());
}

}  // namespace octet::python
