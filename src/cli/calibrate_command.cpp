#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "cli/output_file.hpp"
#include "cli/progress_line.hpp"
#include "cli/quantize_flags.hpp"
#include "octet/calibrate.hpp"

namespace octet::cli {
namespace {

/// "2/4": the second of four.
Shard parse_shard(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto number = [&](const std::string& digits) -> std::size_t {
    const bool is_number = !digits.empty() && digits.size() < 10 &&
                           digits.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? std::stoul(digits) : 0;
  };
  const std::size_t place = number(text.substr(0, slash));
  const std::size_t count = slash == std::string::npos ? 0 : number(text.substr(slash + 1));
  if (place == 0 || place > count)
    throw Error(ErrorCode::invalid_argument, "command", "option '--shard'",
                "'" + text + "' is no shard", "Give its number and how many there are, as in 1/4");
  return {place - 1, count};
}

class Calibrate : public Command {
 public:
  const char* name() const override { return "calibrate"; }
  const char* summary() const override {
    return "measure a share of the data, for quantize --statistics";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet calibrate resnet18.pt2 --data photos --shard 1/2 -o part1\n"
           "  octet calibrate resnet18.pt2 --data photos --shard 2/2 -o part2\n"
           "  octet quantize resnet18.pt2 --statistics part1 part2 -o resnet18_int8.xml\n"
           "A run that was ended goes on where its file stopped.\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, ".pt2, .onnx or OpenVINO .xml")->required();
    app.add_option("-o,--output", output_, "statistics to write, or to go on with")
        ->required()
        ->type_name("PART");
    app.add_option("--shard", shard_, "which share of the items, of how many: 2/4; default: all")
        ->type_name("I/N");
    app.add_flag("--quiet", quiet_, "print warnings and errors only");
    data_.declare(app, true);
    flags_.declare(app);
  }

  void run(Interrupt& interrupt) override {
    QuantizeOptions options = flags_.options();
    const Shard shard = shard_.empty() ? Shard{} : parse_shard(shard_);
    check_output(output_, model_);
    const Model model = load(model_);
    print(model.diagnostics, quiet_);
    const auto data = data_.open(model, options.subset_size);
    ProgressLine progress(quiet_);
    watch(options, progress, interrupt, quiet_);
    const std::size_t items = calibrate(model, *data, output_, shard, options);
    progress.clear();
    print(data->diagnostics(), quiet_);
    if (!quiet_)
      print("shard " + std::to_string(shard.index + 1) + " of " + std::to_string(shard.count) +
            " of " + std::to_string(items) + " samples: " + output_ + "\n");
  }

 private:
  std::string model_, output_, shard_;
  DataFlags data_;
  QuantizeFlags flags_;
  bool quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> calibrate_command() {
  return std::make_unique<Calibrate>();
}

}  // namespace octet::cli
