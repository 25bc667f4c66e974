import GESSimulator

/// The endpoints and credentials of a simulated cloud as text or JSON. Scripts depend on the names.
struct SimulatorDescription {
    private let fields: [(name: String, value: String)]

    init(_ server: SimulatedCloudServer) {
        let configuration = server.configuration
        fields = [
            ("management", server.endpoints.management),
            ("ces", server.endpoints.management),
            ("data_plane_host", server.endpoints.dataPlaneHost),
            ("data_plane_port", "\(server.endpoints.dataPlanePort)"),
            ("control", server.endpoints.control),
            ("region", configuration.region),
            ("project_id", configuration.projectID),
            ("domain", configuration.domain),
            ("user", configuration.user),
            ("password", configuration.password),
            ("access_key", configuration.accessKey),
            ("secret_key", configuration.secretKey),
        ]
    }

    func text(_ output: ClientOptions.Output) -> String {
        switch output {
        case .table:
            fields.map { name, value in
                name + ":" + String(repeating: " ", count: 17 - name.count) + value
            }.joined(separator: "\n")
        case .json:
            // None of these values contains a character that JSON must escape.
            "{" + fields.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}"
        }
    }
}
