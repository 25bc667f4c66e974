import GoText
import Listener

/// Escapes text from outside, such as names of graphs, for the page.
enum HTML {
    /// An id or a name, cut if it is long.
    static func identifier(_ text: String) -> String {
        Self.text(text.cut(atMost: String.displayedIdentifierMaximum))
    }

    static func text(_ text: String) -> String {
        var out = ""
        for scalar in text.displayed().unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension StatusPage {
    /// Served as a separate file, because the content security policy forbids inline styles.
    static let style: ServerResponse = .init(
        status: 200,
        headers: ["Content-Type": "text/css; charset=utf-8"],
        body: Array(
            """
            body { font-family: -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
              margin: 0; color: #222; background: #fff; }
            header { background: #e6522c; color: #fff; padding: 1rem 2rem; }
            header h1, header p { margin: 0; }
            main { padding: 0 2rem 2rem; }
            h2 { font-size: 1.1rem; margin-top: 1.5rem; }
            table { border-collapse: collapse; }
            th, td { text-align: left; padding: 0.3rem 1rem 0.3rem 0;
              border-bottom: 1px solid #ddd; }
            tr.down td:first-child { border-left: 4px solid #c0392b; padding-left: 0.5rem; }
            tr.up td:first-child { border-left: 4px solid #27ae60; padding-left: 0.5rem; }
            .warning { border-left: 4px solid #e6a12c; padding-left: 1rem; }
            .calm { color: #27ae60; }
            code { font-size: 0.85rem; }

            """.utf8
        )
    )
}
