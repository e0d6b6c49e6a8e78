//! Vectors that travel between processes as a whole.

use std::fmt;
use std::marker::PhantomData;

use bytemuck::{Pod, cast_slice, pod_collect_to_vec};
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::values::{Values, as_numbers, decode};

/// A vector of plain data, which travels as it stands in memory, with one copy on each side.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain<T>(pub Vec<T>);

impl<T: Pod> Serialize for Plain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const { assert!(size_of::<T>() > 0, "items without bytes have no number") };
        AsBytes(cast_slice(&self.0)).serialize(serializer)
    }
}

impl<'de, T: Pod> Deserialize<'de> for Plain<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes<T>(PhantomData<T>);
        impl<T: Pod> Visitor<'_> for Bytes<T> {
            type Value = Plain<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "bytes of items of {} bytes each", size_of::<T>())
            }

            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Plain<T>, E> {
                if bytes.len().is_multiple_of(size_of::<T>()) {
                    Ok(Plain(pod_collect_to_vec(bytes)))
                } else {
                    Err(E::invalid_length(bytes.len(), &self))
                }
            }
        }
        deserializer.deserialize_bytes(Bytes(PhantomData))
    }
}

/// A vector of any values that travels as one value: numbers as they stand in memory, others by the serializer.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<T>(pub Vec<T>);

impl<T: Serialize + 'static> Serialize for Batch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = self.0.len() as u64;
        if let Some(numbers) = as_numbers(&self.0) {
            return (count, AsBytes(numbers)).serialize(serializer); // without a copy in between
        }
        let values = Values::encode(&self.0).map_err(S::Error::custom)?;
        (count, AsBytes(&values.bytes)).serialize(serializer)
    }
}

/// Bytes that are written as a whole.
struct AsBytes<'a>(&'a [u8]);

impl Serialize for AsBytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if u32::try_from(self.0.len()).is_err() {
            // MessagePack counts the bytes of a value in 32 bits.
            return Err(S::Error::custom("a value of 4 GiB or more cannot travel"));
        }
        serializer.serialize_bytes(self.0)
    }
}

impl<'de, T: DeserializeOwned + 'static> Deserialize<'de> for Batch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_tuple(2, Parts(PhantomData))
    }
}

/// Reads the number of values, and then the values.
struct Parts<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned + 'static> Visitor<'de> for Parts<T> {
    type Value = Batch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of values, and their bytes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Batch<T>, A::Error> {
        let count: Option<u64> = parts.next_element()?;
        let count = count.ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let values = parts.next_element_seed(ValuesOf(count as usize, PhantomData))?;
        values.ok_or_else(|| A::Error::invalid_length(1, &self))
    }
}

/// Reads this many values from bytes, without a copy in between.
struct ValuesOf<T>(usize, PhantomData<T>);

impl<'de, T: DeserializeOwned + 'static> DeserializeSeed<'de> for ValuesOf<T> {
    type Value = Batch<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Batch<T>, D::Error> {
        deserializer.deserialize_bytes(self)
    }
}

impl<T: DeserializeOwned + 'static> Visitor<'_> for ValuesOf<T> {
    type Value = Batch<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the bytes of {} values", self.0)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Batch<T>, E> {
        decode(self.0, bytes).map(Batch).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_anything_arrives() {
        let numbers = Batch(vec![1.5_f64, f64::MAX]);
        let texts = Batch(vec![Some("text".to_owned()), None]);
        let bytes = rmp_serde::to_vec(&(&numbers, &texts)).unwrap();
        let back: (Batch<f64>, Batch<Option<String>>) = rmp_serde::from_slice(&bytes).unwrap();
        assert_eq!(back, (numbers, texts));
        let hostile = rmp_serde::to_vec(&(u64::MAX, Plain(vec![1_u8]))).unwrap();
        assert!(rmp_serde::from_slice::<Batch<()>>(&hostile).is_err());
        assert!(rmp_serde::from_slice::<Batch<u64>>(&hostile).is_err());
    }
}
