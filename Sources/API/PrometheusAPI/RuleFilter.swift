import GoText
import Listener
import Rules
import Series

/// The filter and the paging of a request to `/api/v1/rules`.
struct RuleFilter {
    private let names: Set<String>
    private let groupNames: Set<String>
    private let files: Set<String>
    private let selectors: [[LabelMatcher]]
    private let showsAlerting: Bool
    private let showsRecording: Bool
    let excludesAlerts: Bool
    /// nil shows all groups.
    private let groupLimit: Int?
    private let token: String

    /// As in Prometheus, type and paging parameters are read from the query string only.
    init(_ request: ServerRequest, _ form: RequestForm) throws(QueryFailure) {
        names = Set(form.texts("rule_name[]"))
        groupNames = Set(form.texts("rule_group[]"))
        files = Set(form.texts("file[]"))
        selectors = try form.selectors()
        let type = request.queryValue("type")?.lowercased() ?? ""
        guard ["", "alert", "record"].contains(type) else {
            throw .parameter("type", "not supported value \(type.goQuoted)")
        }
        showsAlerting = type != "record"
        showsRecording = type != "alert"
        excludesAlerts = try Self.flag("exclude_alerts", request)
        token = request.queryValue("group_next_token") ?? ""
        groupLimit = try Self.groupLimit(request, token: token)
    }

    private static func flag(
        _ name: String,
        _ request: ServerRequest
    ) throws(QueryFailure) -> Bool {
        let text = request.queryValue(name)?.lowercased() ?? ""
        switch text {
        case "1", "t", "true": return true
        case "", "0", "f", "false": return false
        default:
            throw .parameter(
                name,
                "error converting \(name): strconv.ParseBool: parsing "
                    + "\(text.goQuoted): invalid syntax"
            )
        }
    }

    private static func groupLimit(
        _ request: ServerRequest,
        token: String
    ) throws(QueryFailure) -> Int? {
        let text = request.queryValue("group_limit") ?? ""
        guard !text.isEmpty else {
            guard token.isEmpty else {
                throw .parameter(
                    "group_next_token",
                    "group_limit needs to be present in order to paginate over the groups"
                )
            }
            return nil
        }
        guard let limit = Int32(text) else {
            throw .parameter(
                "group_limit",
                "group_limit needs to be a valid number: strconv.ParseInt: parsing "
                    + "\(text.goQuoted): invalid syntax"
            )
        }
        guard limit > 0 else {
            throw .parameter("group_limit", "group_limit needs to be greater than 0")
        }
        return Int(limit)
    }

    struct Page {
        var groups: [(group: GroupStatus, rules: [RuleStatus])] = []
        var nextToken: String?

        init() {}

        /// All groups that have rules.
        init(allOf groups: [GroupStatus]) {
            self.groups = groups.filter { !$0.rules.isEmpty }.map { ($0, $0.rules) }
        }
    }

    /// - Parameter work: called now and then with the number of steps since the last call; throws
    ///   to end the search.
    func page(
        of all: [GroupStatus],
        _ work: (Int) throws(QueryFailure) -> Void
    ) throws(QueryFailure) -> Page {
        var page = Page()
        for group in try remaining(all) where isWanted(group) {
            var rules: [RuleStatus] = []
            for rule in group.rules where try isWanted(rule, work) { rules.append(rule) }
            guard !rules.isEmpty else { continue }
            if let groupLimit, page.groups.count == groupLimit {
                page.nextToken = Self.token(of: group)
                break
            }
            page.groups.append((group, rules))
        }
        return page
    }

    private func remaining(_ all: [GroupStatus]) throws(QueryFailure) -> ArraySlice<GroupStatus> {
        guard groupLimit != nil, !token.isEmpty else { return all[...] }
        guard let start = all.firstIndex(where: { Self.token(of: $0) == token }) else {
            throw .parameter(
                "group_next_token",
                "invalid group_next_token '\(token)'. were rule groups changed?"
            )
        }
        return all[start...]
    }

    private func isWanted(_ group: GroupStatus) -> Bool {
        (groupNames.isEmpty || groupNames.contains(group.name))
            && (files.isEmpty || files.contains(group.file))
    }

    private func isWanted(
        _ status: RuleStatus,
        _ work: (Int) throws(QueryFailure) -> Void
    ) throws(QueryFailure) -> Bool {
        guard names.isEmpty || names.contains(status.rule.name) else { return false }
        let labels: Labels
        switch status.rule {
        case .alerting(let rule):
            guard showsAlerting else { return false }
            labels = Labels(rule.labels.map { ($0.name, $0.text) })
        case .recording(let rule):
            guard showsRecording else { return false }
            labels = Labels(rule.labels)
        }
        guard !selectors.isEmpty else { return true }
        for matchers in selectors where try matchers.areSatisfied(by: labels, work) { return true }
        return false
    }

    /// The key of the group in hexadecimal: opaque to clients and stable across restarts.
    private static func token(of group: GroupStatus) -> String {
        group.key.utf8.map { ($0 < 0x10 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
