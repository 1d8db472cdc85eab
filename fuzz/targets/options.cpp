/// The command's option strings: lines are arguments of `octet quantize`.
#include <sstream>

#include <CLI/CLI.hpp>

#include "cli/data_flags.hpp"
#include "cli/quantize_flags.hpp"
#include "support.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> arguments;
  std::istringstream lines(octet::fuzz::text_of(data, size));
  for (std::string line; std::getline(lines, line);) {
    // What names a file would be opened.
    if (line.find('/') != line.npos) return 0;
    arguments.push_back(line);
  }
  std::reverse(arguments.begin(), arguments.end());
  octet::fuzz::read([&] {
    CLI::App app;
    octet::cli::QuantizeFlags flags;
    octet::cli::DataFlags source;
    flags.declare(app);
    source.declare(app, false);
    try {
      app.parse(arguments);
    } catch (const CLI::ParseError&) {
      return;
    }
    flags.options();
  });
  return 0;
}
