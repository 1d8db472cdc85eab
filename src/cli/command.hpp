#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/interrupt.hpp"

namespace octet::cli {

/// A subcommand: declares its options, then runs with what they hold. Lives as long as the parser.
class Command {
 public:
  virtual ~Command() = default;
  virtual const char* name() const = 0;
  virtual const char* summary() const = 0;
  virtual const char* examples() const = 0;
  virtual void declare(CLI::App& app) = 0;
  virtual void run(Interrupt& interrupt) = 0;
};

/// Every subcommand, in the order of the help.
std::vector<std::unique_ptr<Command>> all_commands();

std::unique_ptr<Command> quantize_command();
std::unique_ptr<Command> tune_command();
std::unique_ptr<Command> calibrate_command();
std::unique_ptr<Command> inspect_command();
std::unique_ptr<Command> apply_command();
std::unique_ptr<Command> benchmark_command();
std::unique_ptr<Command> report_command();
std::unique_ptr<Command> compare_command();
std::unique_ptr<Command> verify_command();

}  // namespace octet::cli
