#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "core/option_words.hpp"
#include "core/text.hpp"
#include "octet/error.hpp"

namespace octet::cli {

/// `option '--preset': 'mixd' is none of performance, mixed. Did you mean 'mixed'?`
[[noreturn]] inline void refuse_word(const std::string& where, const std::string& word,
                                     const std::vector<std::string>& known) {
  throw Error(ErrorCode::invalid_argument, "command", where,
              "'" + word + "' is none of " + core::join(known, ", "),
              "Did you mean '" + core::nearest(word, known, 1).at(0) + "'?");
}

/// The value that `text` is the word of; case and `-` for `_` do not matter. `where` names the
/// option. Throws `Error` (invalid_argument).
template <typename Enum>
Enum parse_word(const std::string& text, const std::string& where) {
  std::string word = text;
  std::ranges::transform(word, word.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::tolower(c));
  });
  const auto& words = core::words_of<Enum>;
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) refuse_word(where, text, {words.begin(), words.end()});
  return static_cast<Enum>(found - words.begin());
}

}  // namespace octet::cli
