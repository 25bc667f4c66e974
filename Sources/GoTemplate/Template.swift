// GoTemplate owns the language of labels and annotations in alerting rules: Go's text/template with
// the functions of Prometheus (template/template.go).
//
// Templates are expanded for every alert in every cycle, so an expansion is bounded in steps, depth
// and length of output, and the time and the results of queries are arguments. The target knows
// neither rules nor alerts; a query is a closure of the caller.

/// A text with actions in `{{ }}`.
///
/// Whatever can be known without data is an error when the template is parsed, and so when its rule
/// file is read rather than when an alert fires: unknown functions, variables and templates, a
/// wrong number of arguments, and what is not supported (the function `tmpl`, methods of times).
package struct Template: Sendable, Hashable {
    /// As written in the rule file.
    package let text: String
    let nodes: [TemplateNode]
    private let definitions: [String: [TemplateNode]]

    /// - Parameter name: appears in error messages; Prometheus uses `__alert_NAME`.
    package init(_ text: String, name: String) throws(TemplateError) {
        self.text = text
        // Nearly every label is plain text and needs no parser.
        guard text.utf8.contains(UInt8(ascii: "{")) else {
            nodes = [.text(text)]
            definitions = [:]
            return
        }
        var parser = TemplateParser(try TemplateLexer.tokens(of: text, name: name), name: name)
        (nodes, definitions) = try parser.parse()
    }

    /// The text of a template without actions, nil if there are any.
    package var literal: String? {
        guard nodes.count <= 1 else { return nil }
        guard let node = nodes.first else { return "" }
        return if case .text(let text) = node { text } else { nil }
    }

    /// Carries out the actions and returns the resulting text.
    package func expand(_ data: TemplateData) throws(TemplateError) -> String {
        if let literal { return literal }
        var evaluator = TemplateEvaluator(data: data, definitions: definitions)
        return try evaluator.expand(nodes)
    }

    package static func == (left: Template, right: Template) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
