import Cycle
import Remediation

/// The frame around every page: the bar, the places, the search.
enum Layout {
    /// Whether the page is loaded again every ten seconds.
    enum Refresh {
        case never
        /// By the script alone, which waits while somebody types: the page has a form.
        case script
        /// Without the script too. Then the bar has a link to the search instead of its field.
        case always
    }

    static func document(
        _ context: PageContext,
        title: String,
        current: Place?,
        refresh: Refresh = .always,
        _ content: Markup
    ) -> Markup {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        \(refresh == .always ? noscriptRefresh : Markup.empty)
        <title>\(title) · graphwarden</title>
        <link rel="icon" href="\(context.link(.file("favicon.svg")))" type="image/svg+xml">
        <link rel="stylesheet" href="\(context.link(.file("style.css")))">
        <script src="\(context.link(.file("page.js")))"></script>
        </head>
        <body\(mark(refresh))>
        <a class="skip" href="#main">Skip to content</a>
        \(VerdictMark.symbols)
        \(Bar.header(context, current: current))
        <main id="main" tabindex="-1">
        \(content)
        </main>
        \(footer(context))
        </body>
        </html>

        """
    }

    private static func mark(_ refresh: Refresh) -> Markup {
        switch refresh {
        case .never: .empty
        case .script: " data-refresh=\"10\""
        case .always: " class=\"reloads\" data-refresh=\"10\""
        }
    }

    private static let noscriptRefresh: Markup =
        "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"

    private static func footer(_ context: PageContext) -> Markup {
        """
        <footer><p>graphwarden \(context.version). All times are UTC.
        <a href="\(context.link(.file(context.telemetryPath)))">Metrics</a>
        <a href="\(context.link(.file("-/ready")))">Readiness</a>
        <a href="\(context.link(.file("api/v1/status")))">API</a></p></footer>
        """
    }
}
