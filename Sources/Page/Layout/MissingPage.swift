/// The page for what is not there, or is not there any more, and for URLs that say too little.
package enum MissingPage {
    package static func render(
        _ context: PageContext,
        title: String = "Not found",
        what: String
    ) -> Markup {
        Layout.document(
            context,
            title: title,
            current: nil,
            refresh: .never,
            """
            <h1>\(title)</h1><p>\(what)</p>
            <p><a href="\(context.link(.graphs(query: "")))">All graphs</a></p>
            """
        )
    }
}
