import Listener
import Page

/// How pages are sent.
enum PageResponse {
    static func html(_ page: Markup, status: Int = 200) -> ServerResponse {
        var response = ServerResponse.html(page.html, status: status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        return response
    }
}
