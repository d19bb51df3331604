/*
 * The wire contract of rjit: strict TBinaryProtocol, unframed, multiplexed ("service:method").
 *
 * The services `info` and `remotejit` are RBC's, unchanged, so that RBC's Python client works against this server.
 * RBC parses this very file (info:thrift_content) and uses it as its IDL: it must stay self-contained, and the names
 * and field ids of Exception, ExceptionKind, Data and DataKind must not change.
 *
 * The service `rjit` is ours. A client opens two connections: a control connection that begins with `hello` and stays
 * with the supervisor, and a data connection that begins with `attach` and is handed to the session's worker.
 */

enum ExceptionKind { EXC_MESSAGE = 0, EXC_TBLIB = 1 }

exception Exception {
  1: ExceptionKind kind
  2: string message
}

enum DataKind { DATA_RAW = 0, DATA_ENCODED = 1, DATA_PICKLED = 2 }

struct Data {
  1: DataKind kind
  2: string info
  3: binary data
}

service info {
  string thrift_content() throws (1: Exception e)
  string nvidia_smi_query() throws (1: Exception e)
}

service remotejit {
  map<string, string> targets() throws (1: Exception e)
  bool compile(1: string name, 2: string signatures, 3: string ir) throws (1: Exception e)
  /* RBC names the second parameter `arguments`, which JavaScript reserves; names do not travel. */
  Data call(1: string fullname, 2: Data argumentData) throws (1: Exception e)
  bool python(1: string statement) throws (1: Exception e)
}

/* `code` is one of the closed set in remote-error.ts; the rest says where it happened, as far as it is known. */
exception RemoteFault {
  1: string code
  2: string message
  3: optional string functionName
  4: optional string signalName
  5: optional i64 address
  6: optional i32 line
  /* The source that `line` is in, as the client named it. */
  7: optional string fileName
}

struct HelloRequest {
  1: string clientName
  2: string token
  /* Names an earlier session to take up again after a lost connection; empty for a new one. */
  3: string session
}

struct Death {
  1: string reason          /* "SIGSEGV", "SIGKILL", "exit code 3", "out of memory" */
  2: string functionName    /* the function that was running, or empty */
  3: i64 address            /* the faulting address, or 0 */
}

struct HelloReply {
  1: string session
  2: string serverVersion
  3: i32 llvmMajor
  4: string triple
  5: string dataLayout
  6: string cpu
  7: string features
  /* Set when this session's worker died since the client last asked. */
  8: optional Death death
}

/* `signature` is printed by the type system: "int64(int64, int64)"; `symbol` is the mangled name in the module. */
struct FunctionSpec {
  1: string name
  2: string signature
  3: string symbol
}

struct CompileRequest {
  1: string ir
  2: list<FunctionSpec> functions
  3: map<string, string> options
}

struct CompiledFunction {
  1: i32 handle
  2: string symbol
}

struct CompileReport {
  1: list<CompiledFunction> functions
  /* parse, verify, optimize, codegen, total; in microseconds */
  2: map<string, double> phaseMicroseconds
  3: bool cached
}

/* Requests by the sequence ids of their messages, both ends included. Ids count from 0 to 2^31 - 1, and on from 0. */
struct RequestRange {
  1: i32 first
  2: i32 last
}

struct ServerStatus {
  1: i32 sessions
  2: i32 workers
  3: i64 uptimeMs
  4: i32 supervisorPid
  5: map<string, i32> workerPids
}

service rjit {
  /* Control connection. */
  HelloReply hello(1: HelloRequest request) throws (1: RemoteFault fault)
  /*
   * Stops the request of the session's data connection that is running now if its sequence id lies in the range, or
   * whichever is running without one; false when there was nothing to stop.
   */
  bool cancel(1: string session, 2: RequestRange range) throws (1: RemoteFault fault)
  ServerStatus status() throws (1: RemoteFault fault)

  /* Data connection. `attach` comes first; arguments and results are packed values (packed.ts). */
  bool attach(1: string session, 2: string token) throws (1: RemoteFault fault)
  CompileReport compile(1: CompileRequest request) throws (1: RemoteFault fault)
  binary call(1: i32 handle, 2: binary packed) throws (1: RemoteFault fault)
  /*
   * Named so because `map` is a reserved word of the IDL. columns: one binary per parameter, either `length` packed
   * elements or one (a broadcast scalar).
   */
  binary mapColumns(1: i32 handle, 2: i64 length, 3: list<binary> columns) throws (1: RemoteFault fault)
  /* kind: "opt" (optimised IR) or "asm" */
  string emit(1: i32 handle, 2: string kind) throws (1: RemoteFault fault)
  bool drop(1: list<i32> handles) throws (1: RemoteFault fault)
}
