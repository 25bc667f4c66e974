/// The status codes that matter here; see GES API, status codes.
enum StatusCode {
    static let running = "200"
    /// A graph shows these only while it is stopped or started.
    static let restartTraces: Set<String> = ["100", "900", "901", "920"]
    /// Seen without a restart of ours, somebody else stops or starts the graph. 100 is missing: a
    /// graph that is being created shows it too.
    static let externalTraces: Set<String> = ["900", "901", "920"]
    /// Faulty, creation failed, deleted, frozen, stopped.
    static let dead: Set<String> = ["300", "303", "400", "800", "900"]
}
