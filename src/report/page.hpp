#pragma once

namespace octet::report {

/// The text of page.html: a page that shows the facts which are put in the place of its one
/// `"FACTS"`.
extern const char* const page;

}  // namespace octet::report
