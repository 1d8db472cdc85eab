#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/data_flags.hpp"
#include "cli/progress_line.hpp"
#include "octet/differences.hpp"
#include "octet/report.hpp"

namespace octet::cli {
namespace {

class Verify : public Command {
 public:
  const char* name() const override { return "verify"; }
  const char* summary() const override {
    return "check a quantized model's receipt: make it again, and say what moved";
  }
  const char* examples() const override {
    return "Examples:\n"
           "  octet verify resnet18_int8.xml --data photos --model resnet18.pt2\n"
           "  octet verify resnet18_int8.xml --data photos    (the data only)\n"
           "Exit code 0 where all is equal, 4 where it is not.\n";
  }

  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "what octet quantize wrote")->required();
    app.add_option("--model", reference_, "the model that it was made from")->type_name("FILE");
    data_.declare(app, true);
    app.add_option("--threads", options_.threads, "threads used; 0: all cores")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--json", json_, "print as JSON");
    app.add_flag("--quiet", quiet_, "print errors only");
  }

  void run(Interrupt& interrupt) override {
    const Model quantized = load(model_);
    std::optional<Model> reference;
    if (!reference_.empty()) reference = load(reference_);
    const auto data = data_.open(reference ? *reference : quantized, QuantizeOptions{}.subset_size);
    ProgressLine progress(quiet_ || json_);
    options_.on_progress = [&](const Progress& now) { progress.show(now); };
    options_.is_cancelled = [&] { return interrupt.is_requested(); };
    const Verification found = verify(quantized, *data, reference, options_);
    progress.clear();
    if (json_)
      print(report::verification_json(found));
    else if (!quiet_)
      print(report::verification_text(found));
    if (!found.is_equal())
      throw Error(ErrorCode::recipe_mismatch, "verify", "file '" + model_ + "'",
                  "it is not what its receipt, the data and the model give",
                  "Check which of them changed");
  }

 private:
  std::string model_, reference_;
  DataFlags data_;
  QuantizeOptions options_;
  bool json_ = false, quiet_ = false;
};

}  // namespace

std::unique_ptr<Command> verify_command() {
  return std::make_unique<Verify>();
}

}  // namespace octet::cli
