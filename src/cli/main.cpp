#include <cstdio>

#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/crash.hpp"
#include "core/memory.hpp"
#include "core/text.hpp"
#include "octet/error.hpp"
#include "octet/version.hpp"

namespace octet::cli {
namespace {

constexpr const char* exit_codes =
    "Exit codes: 0 done, 2 usage, 3 input file, 4 model, 5 data, 6 output, 8 out of memory,\n"
    "9 the accuracy collapsed, 70 a defect of Octet; after Ctrl-C as by the signal.\n";

/// Names that an unknown word of the command line may have meant.
std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    words.push_back(command->get_name());
  return words;
}

/// Usage errors in the form of all others. Help and version are no errors.
int end_of_parse(const CLI::App& app, const CLI::ParseError& error, int argc,
                 const char* const* argv) {
  if (error.get_exit_code() == 0) return app.exit(error);
  const CLI::App* used = &app;
  for (const CLI::App* command : app.get_subcommands()) used = command;
  const std::string help = "See " + (used == &app ? std::string("octet --help")
                                                  : "octet " + used->get_name() + " --help");
  std::string problem = error.what();
  const int kind = error.get_exit_code();
  if (kind == static_cast<int>(CLI::ExitCodes::ExtrasError) ||
      kind == static_cast<int>(CLI::ExitCodes::RequiredError)) {
    const std::vector<std::string> words = known_words(*used);
    for (int i = 1; i < argc; ++i) {
      const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
      const bool is_candidate = word.starts_with("--") || (used == &app && i == 1);
      if (!is_candidate || std::ranges::find(words, word) != words.end()) continue;
      const std::string nearest = core::nearest(word, words, 1).at(0);
      problem = "'" + word + "' is unknown. Did you mean '" + nearest + "'?";
      break;
    }
  }
  print_error(Error(ErrorCode::invalid_argument, "command", "", problem, help).what());
  return exit_code_of(ErrorCode::invalid_argument);
}

int run(int argc, const char* const* argv) {
  // Before OpenVINO's threads exist.
  Interrupt interrupt;
  CLI::App app("Octet quantizes trained networks to INT8, and runs them on OpenVINO.", "octet");
  app.set_version_flag("--version", std::string("octet ") + version());
  app.require_subcommand(1);
  app.footer(exit_codes);
  const auto commands = all_commands();
  for (const auto& command : commands) {
    CLI::App* sub = app.add_subcommand(command->name(), command->summary());
    sub->footer(command->examples());
    command->declare(*sub);
    sub->final_callback([&command, &interrupt] { command->run(interrupt); });
  }
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::ParseError& error) {
    return end_of_parse(app, error, argc, argv);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) interrupt.end_process();
    print_error(error.what());
    return exit_code_of(error.code());
  }
}

/// What only a defect of ours, or memory that runs out, brings up to here.
int end_of_failure(const std::exception& error, int argc, const char* const* argv) {
  if (core::is_out_of_memory(error)) {
    print_error(core::out_of_memory("command", "").what());
    return exit_code_of(ErrorCode::out_of_memory);
  }
  print_error(std::string("a defect of Octet: ") + error.what() +
              "\nPlease report it, with the model if you can share it, and this command:\n  " +
              command_line(argc, argv));
  return exit_code_of(ErrorCode::internal);
}

}  // namespace

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(quantize_command());
  commands.push_back(tune_command());
  commands.push_back(calibrate_command());
  commands.push_back(inspect_command());
  commands.push_back(apply_command());
  commands.push_back(benchmark_command());
  commands.push_back(report_command());
  commands.push_back(compare_command());
  commands.push_back(verify_command());
  return commands;
}

}  // namespace octet::cli

int main(int argc, char** argv) {
  octet::cli::report_crashes(argc, argv);
  try {
    return octet::cli::run(argc, argv);
  } catch (const std::exception& error) {
    return octet::cli::end_of_failure(error, argc, argv);
  }
}
