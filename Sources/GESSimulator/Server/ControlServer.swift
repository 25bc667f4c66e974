import JSON
import Listener

/// The control interface over HTTP.
enum ControlServer {
    static func bind(
        _ configuration: SimulatorConfiguration,
        cloud: SharedCloud,
        ports: CloudPorts
    ) async throws(ListenError) -> HTTPServer {
        let routes = ControlAction.all.map { action in
            Listener.Route(
                action.method,
                action.pattern,
                maximumBodyBytes: 1 << 20,
                handler: ControlHandler(action: action, cloud: cloud, ports: ports)
            )
        }
        return try await HTTPServer.bind(
            to: [.host(configuration.host, port: configuration.controlPort)],
            configuration: .forSimulation,
            router: Router(routes)
        )
    }
}

/// Carries out one action; the ports are opened or closed before the answer is sent.
private struct ControlHandler: RequestHandler {
    let action: ControlAction
    let cloud: SharedCloud
    let ports: CloudPorts

    func reply(to request: ServerRequest) async -> Reply {
        do throws(ControlError) {
            let body = try ControlBody(request.body)
            let answer = try cloud.withCloud { cloud, now throws(ControlError) in
                let call = ControlCall(
                    parameters: request.parameters,
                    query: request.query.map { ($0.name, $0.value) },
                    body: body,
                    now: now
                )
                return try action(&cloud, call)
            }
            try await updatePorts()
            return Self.reply(answer, status: 200)
        } catch {
            return Self.reply(["error": .string(error.message)], status: error.status)
        }
    }

    private func updatePorts() async throws(ControlError) {
        do {
            try await ports.update()
        } catch {
            throw ControlError("\(error)", status: 500)
        }
    }

    private static func reply(_ document: JSONValue, status: Int) -> Reply {
        .response(.json((try? document.serialized()) ?? [], status: status))
    }
}
