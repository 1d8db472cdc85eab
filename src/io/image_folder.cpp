#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <deque>
#include <future>
#include <set>
#include <system_error>
#include <thread>

#include "core/text.hpp"
#include "io/image.hpp"
#include "io/image_shape.hpp"
#include "io/mapped_file.hpp"
#include "octet/dataset.hpp"

namespace octet {
namespace {

constexpr const char* stage = "data";
constexpr std::array extensions = {".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm"};
constexpr std::size_t most_names = 5;  // in a message

bool is_image_name(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(extensions, extension) != extensions.end();
}

/// Files with an image's name, relative to `folder`, in byte order. Links to folders are followed,
/// each folder once.
std::vector<std::string> find_images(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::set<std::filesystem::path> seen;
  std::vector<std::filesystem::path> left{std::filesystem::path()};
  while (!left.empty()) {
    const std::filesystem::path relative = left.back();
    left.pop_back();
    std::error_code error;
    if (!seen.insert(std::filesystem::canonical(folder / relative, error)).second) continue;
    std::filesystem::directory_iterator entry(folder / relative, error);
    if (error)
      throw Error(ErrorCode::file_unreadable, stage,
                  "folder '" + (folder / relative).string() + "'",
                  "it cannot be read (" + error.message() + ")", "Check its permissions");
    for (; entry != std::filesystem::directory_iterator(); entry.increment(error)) {
      const std::filesystem::path name = relative / entry->path().filename();
      if (entry->is_directory(error))
        left.push_back(name);
      else if (is_image_name(name))
        names.push_back(name.string());
    }
    if (error)
      throw Error(ErrorCode::file_unreadable, stage,
                  "folder '" + (folder / relative).string() + "'",
                  "it cannot be read (" + error.message() + ")", "Check the disk");
  }
  std::ranges::sort(names);
  return names;
}

class ImageFolder : public Dataset {
 public:
  ImageFolder(const std::filesystem::path& folder, const ImageOptions& options, std::size_t height,
              std::size_t width)
      : folder_(folder),
        shape_(options, height, width),
        strict_(options.strict),
        names_(find_images(folder)) {
    if (names_.empty())
      throw Error(
          ErrorCode::dataset_empty, stage, "folder '" + folder_.string() + "'",
          "it holds no image (" + core::join({extensions.begin(), extensions.end()}, ", ") + ")",
          "Give a folder of images, an .npy or an .npz");
  }

  std::optional<Sample> next() override {
    while (true) {
      while (started_ < names_.size() && pending_.size() < ahead()) start();
      if (pending_.empty()) break;
      Outcome outcome = pending_.front().get();
      pending_.pop_front();
      const std::string& name = names_[finished_++];
      if (outcome.problem.empty()) {
        ++delivered_;
        return Sample{{{"", std::move(outcome.tensor)}}};
      }
      if (strict_)
        throw Error(ErrorCode::image_undecodable, stage,
                    "image '" + (folder_ / name).string() + "'", outcome.problem,
                    "Remove or replace the file");
      ++skipped_;
      if (first_skipped_.size() < most_names) first_skipped_.push_back(name);
      if (first_problem_.empty()) first_problem_ = outcome.problem;
    }
    if (delivered_ == 0)
      throw Error(ErrorCode::image_undecodable, stage, "folder '" + folder_.string() + "'",
                  "none of its " + std::to_string(names_.size()) + " images can be used; '" +
                      first_skipped_.front() + "': " + first_problem_,
                  "Check the files");
    return std::nullopt;
  }

  std::optional<std::size_t> size() const override { return names_.size(); }
  std::string describe() const override {
    return "folder '" + folder_.string() + "' (" + std::to_string(names_.size()) + " image" +
           (names_.size() == 1 ? ")" : "s)");
  }

  std::vector<Diagnostic> diagnostics() const override {
    std::vector<Diagnostic> list;
    const std::string where = "folder '" + folder_.string() + "'";
    if (skipped_ != 0) {
      std::string names = core::join_words(first_skipped_);
      if (skipped_ > first_skipped_.size())
        names = core::join(first_skipped_, ", ") + " and " +
                std::to_string(skipped_ - first_skipped_.size()) + " more";
      list.push_back({Diagnostic::Severity::warning, stage, "images_skipped", where,
                      std::to_string(skipped_) + (skipped_ == 1 ? " image was" : " images were") +
                          " skipped: " + names + "; '" + first_skipped_.front() +
                          "': " + first_problem_,
                      "Remove or replace them"});
    }
    // Names in order means class after class where a folder is a class.
    const std::size_t all = folders_until(names_.size()), read = folders_until(finished_);
    if (read < all)
      list.push_back({Diagnostic::Severity::warning, stage, "subfolders_unread", where,
                      "images were read in the order of their names, which reached " +
                          std::to_string(read) + " of " + std::to_string(all) + " subfolders",
                      "If subfolders are classes, raise the subset size or give a folder that "
                      "mixes them"});
    return list;
  }

 private:
  struct Outcome {
    ov::Tensor tensor;
    std::string problem;
  };

  static std::size_t ahead() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
  }

  /// Decoding overlaps with what the caller does between two calls of next().
  void start() {
    pending_.push_back(std::async(
        std::launch::async, [this, path = folder_ / names_[started_]] { return read(path); }));
    ++started_;
  }

  Outcome read(const std::filesystem::path& path) const {
    Outcome outcome;
    try {
      const auto file = io::MappedFile::open(stage, path);
      const io::DecodedImage decoded = io::decode_image(file->bytes());
      outcome.problem = decoded.problem;
      if (outcome.problem.empty()) outcome.tensor = shape_.tensor(decoded.image, outcome.problem);
    } catch (const Error& error) {
      // An option that does not fit is the user's mistake; a file that does not open is one image.
      if (error.code() == ErrorCode::invalid_argument) throw;
      outcome.problem = error.problem();
    }
    return outcome;
  }

  std::size_t folders_until(std::size_t count) const {
    std::set<std::string> folders;
    for (std::size_t i = 0; i < count; ++i)
      folders.insert(std::filesystem::path(names_[i]).parent_path().string());
    return folders.size();
  }

  std::filesystem::path folder_;
  io::ImageShape shape_;
  bool strict_;
  std::vector<std::string> names_;
  std::size_t started_ = 0, finished_ = 0, delivered_ = 0, skipped_ = 0;
  std::vector<std::string> first_skipped_;
  std::string first_problem_;
  std::deque<std::future<Outcome>> pending_;  // last: its destructor waits for what reads the rest
};

}  // namespace

std::unique_ptr<Dataset> image_folder(const std::filesystem::path& folder,
                                      const ImageOptions& options, std::size_t height,
                                      std::size_t width) {
  std::error_code error;
  if (!std::filesystem::exists(folder, error))
    throw Error(ErrorCode::file_not_found, stage, "folder '" + folder.string() + "'",
                "it does not exist", "Check the path");
  if (!std::filesystem::is_directory(folder, error))
    throw Error(ErrorCode::file_unreadable, stage, "'" + folder.string() + "'",
                "this is not a folder", "Give a folder of images, an .npy or an .npz");
  return std::make_unique<ImageFolder>(folder, options, height, width);
}

}  // namespace octet
