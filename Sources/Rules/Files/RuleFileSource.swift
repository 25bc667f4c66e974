import StrictYAML

/// A rule file as decoded from YAML, before validation. Types and unknown keys are checked here,
/// everything else in `RuleValidation`.
struct RuleFileSource {
    var groups: [GroupSource]

    static var type: YAMLType<RuleFileSource> {
        .mapping { reader in
            RuleFileSource(groups: reader.value("groups", .list(of: GroupSource.type), default: []))
        }
    }
}

struct GroupSource {
    var mark: YAMLMark
    var name: String
    var interval: Duration?
    var limit: Int
    var queryOffset: Duration?
    var labels: [YAMLKeyed<String>]
    var rules: [RuleSource]

    static var type: YAMLType<GroupSource> {
        .mapping { reader in
            GroupSource(
                mark: reader.mark,
                name: reader.value("name", .string, default: ""),
                // As in Prometheus, 0 means the default.
                interval: reader.optional("interval", .duration).flatMap { $0 > .zero ? $0 : nil },
                limit: max(0, reader.value("limit", .goInt, default: 0)),
                queryOffset: reader.optional("query_offset", .duration),
                labels: reader.value("labels", .dictionary(of: .stringOrNothing), default: []),
                rules: reader.value("rules", .list(of: RuleSource.type), default: [])
            )
        }
    }
}

struct RuleSource {
    var mark: YAMLMark
    var record: YAMLLocated<String>?
    var alert: YAMLLocated<String>?
    var expression: YAMLLocated<String>?
    var holdDuration: Duration?
    var keepFiringFor: Duration?
    var labels: [YAMLKeyed<String>]
    var annotations: [YAMLKeyed<String>]

    static var type: YAMLType<RuleSource> {
        .mapping { reader in
            RuleSource(
                mark: reader.mark,
                record: reader.optional("record", .located(.string)),
                alert: reader.optional("alert", .located(.string)),
                expression: reader.optional("expr", .located(.string)),
                holdDuration: reader.optional("for", .duration),
                keepFiringFor: reader.optional("keep_firing_for", .duration),
                labels: reader.value("labels", .dictionary(of: .stringOrNothing), default: []),
                annotations: reader.value(
                    "annotations",
                    .dictionary(of: .stringOrNothing),
                    default: []
                )
            )
        }
    }

    /// For messages, which may concern a rule with both names or neither.
    var name: String { alert?.value.nonEmpty ?? record?.value ?? "" }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
