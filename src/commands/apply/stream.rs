//! Arrow IPC streams on pipes: one message after the other, and what is wrong with those that are none.

use std::io::{Cursor, Read, Stdout, Write, stdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use polars_arrow::array::Array;
use polars_arrow::datatypes::{ArrowDataType, ArrowSchema, Field, Metadata};
use polars_arrow::io::ipc::format::ipc::MessageRef;
use polars_arrow::io::ipc::format::ipc::planus::ReadAsRoot;
use polars_arrow::io::ipc::read::{StreamMetadata, StreamReader, StreamState, read_stream_metadata};
use polars_arrow::io::ipc::write::{StreamWriter, WriteOptions};
use polars_arrow::record_batch::RecordBatchT;

pub type Batch = RecordBatchT<Box<dyn Array>>;

const CONTINUATION: [u8; 4] = [0xFF; 4];
/// Bytes that describe a message at the most: thousands of columns.
const MAX_HEADER: usize = 1 << 26;
const NOT_A_STREAM: &str = "is not an Arrow IPC stream; feed it as pyarrow.ipc.new_stream writes it";

/// The batches of a stream, which a thread of its own reads: so it is seen at once when whoever feeds it is gone, even
/// while a batch is worked on.
pub struct Batches {
    messages: Receiver<Result<Option<Vec<u8>>, String>>,
    metadata: StreamMetadata,
}

impl Batches {
    /// Reads the schema.
    pub fn open(
        mut input: impl Read + Send + 'static,
        gone: impl FnOnce(&str) + Send + 'static,
    ) -> Result<Self, String> {
        let first = message(&mut input)?.ok_or("ends before its schema; write the schema first")?;
        let metadata =
            read_stream_metadata(&mut Cursor::new(&first)).map_err(|e| format!("{NOT_A_STREAM} ({e})"))?;
        let (send, messages) = sync_channel(0);
        std::thread::spawn(move || {
            loop {
                let read = message(&mut input);
                let last = !matches!(read, Ok(Some(_)));
                if let Err(reason) = &read {
                    return gone(reason);
                }
                if send.send(read).is_err() || last {
                    return;
                }
            }
        });
        let coded = |field: &&Field| matches!(field.dtype(), ArrowDataType::Dictionary(..));
        if let Some(field) = metadata.schema.iter_values().find(coded) {
            return Err(format!(
                "has column {:?} in a dictionary; write its plain values",
                field.name.as_str()
            ));
        }
        Ok(Batches { messages, metadata })
    }

    pub fn schema(&self) -> &ArrowSchema {
        &self.metadata.schema
    }

    /// The next batch; `None` at the end of the stream.
    pub fn next(&mut self) -> Result<Option<Batch>, String> {
        let Ok(read) = self.messages.recv() else { return Ok(None) };
        let Some(message) = read? else { return Ok(None) };
        let mut reader = StreamReader::new(Cursor::new(message), self.metadata.clone(), None);
        match reader.next() {
            Some(Ok(StreamState::Some(batch))) => Ok(Some(batch)),
            Some(Err(e)) => {
                Err(format!("has a batch that cannot be read ({e}); write plain, uncompressed columns"))
            }
            Some(Ok(StreamState::Waiting)) | None => Err("has a message that is no batch".to_string()),
        }
    }
}

/// The next message as a whole, with the marks before it; `None` at the mark that ends the stream.
fn message(input: &mut impl Read) -> Result<Option<Vec<u8>>, String> {
    let mut length = [0; 4];
    fill(input, &mut length)?;
    if length == CONTINUATION {
        fill(input, &mut length)?;
    }
    let n_header = i32::from_le_bytes(length);
    if n_header == 0 {
        return Ok(None);
    }
    let n_header = usize::try_from(n_header).ok().filter(|&n| n <= MAX_HEADER).ok_or(NOT_A_STREAM)?;
    let mut whole = [CONTINUATION, length].concat();
    take(input, n_header as u64, &mut whole)?;
    let header = MessageRef::read_as_root(&whole[8..]).and_then(|message| message.body_length());
    let n_body = header.map_err(|e| format!("{NOT_A_STREAM} ({e})"))?;
    let n_body = u64::try_from(n_body).map_err(|_| format!("{NOT_A_STREAM} (a body of {n_body} bytes)"))?;
    take(input, n_body, &mut whole)?;
    Ok(Some(whole))
}

const CUT: &str = "ends without the mark of its end: whoever fed it is gone, or did not close the stream";

fn fill(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), String> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => CUT.to_string(),
        _ => error.to_string(),
    })
}

/// Reads so many bytes behind `whole`; memory grows with what comes, not with what a header claims.
fn take(input: &mut impl Read, count: u64, whole: &mut Vec<u8>) -> Result<(), String> {
    let read = input.take(count).read_to_end(whole).map_err(|e| e.to_string())?;
    if read as u64 == count { Ok(()) } else { Err(CUT.to_string()) }
}

/// A stream on the standard output, written batch by batch, each flushed before the next is read.
pub struct Answers {
    writer: StreamWriter<Stdout>,
    schema: Arc<ArrowSchema>,
}

impl Answers {
    /// Writes the schema, with one entry of metadata.
    pub fn open(fields: Vec<Field>, told: &str) -> Result<Self, String> {
        let named = fields.into_iter().map(|field| (field.name.clone(), field));
        let schema: Arc<ArrowSchema> = Arc::new(named.collect());
        let mut writer = StreamWriter::new(stdout(), WriteOptions { compression: None });
        let entry = ("neural_manifold".into(), told.into());
        writer.set_custom_schema_metadata(Arc::new(Metadata::from_iter([entry])));
        writer.start(&schema, None).map_err(|e| e.to_string())?;
        flush()?;
        Ok(Answers { writer, schema })
    }

    pub fn write(&mut self, n_rows: usize, columns: Vec<Box<dyn Array>>) -> Result<(), String> {
        let batch = RecordBatchT::try_new(n_rows, self.schema.clone(), columns).map_err(|e| e.to_string())?;
        self.writer.write(&batch, None).map_err(|e| e.to_string())?;
        flush()
    }

    /// Writes the mark that ends the stream.
    pub fn finish(mut self) -> Result<(), String> {
        self.writer.finish().map_err(|e| e.to_string())?;
        flush()
    }
}

fn flush() -> Result<(), String> {
    stdout().flush().map_err(|e| e.to_string())
}
