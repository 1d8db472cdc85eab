#include <string>

#include "core/atomic_file.hpp"
#include "octet/report.hpp"
#include "report/facts_json.hpp"
#include "report/page.hpp"

namespace octet::report {
namespace {

/// JSON that can stand in a <script>: no `<` of a name can end it or begin a comment.
std::string in_script(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace))
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

}  // namespace

std::string facts_html(const Facts& facts) {
  constexpr std::string_view place = "\"FACTS\"";
  std::string html = page;
  return html.replace(html.find(place), place.size(), in_script(json_of(facts)));
}

void save_html(const Facts& facts, const std::filesystem::path& file) {
  core::write_file("report", file, facts_html(facts));
}

}  // namespace octet::report
