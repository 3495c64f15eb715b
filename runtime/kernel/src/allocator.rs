//! Memory of the WebAssembly module: lists of free blocks by size, over the standard allocator.
//!
//! Shapes are many, small and short-lived, and the module runs on one thread and is dropped after its recipe. So a small
//! block is taken from, and given back to, the list of its size; it is never joined with its neighbours. Blocks are cut
//! from chunks, which stay. Large blocks go to the standard allocator, which joins them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// Sizes of small blocks are multiples of this; it is also their alignment.
const STEP: usize = 16;
/// Number of lists; blocks of `(LISTS - 1) * STEP` bytes are the largest small ones.
const LISTS: usize = 65;
/// What is asked for at a time.
const CHUNK: Layout = match Layout::from_size_align(1 << 16, STEP) {
    Ok(layout) => layout,
    Err(_) => panic!("the alignment is a power of two"),
};

/// A free block holds the next one of its list.
type Block = *mut u8;

#[derive(Debug)]
struct Lists {
    /// For each size the first free block.
    free: [Block; LISTS],
    /// What is left of the last chunk.
    chunk: *mut u8,
    chunk_bytes: usize,
}

/// The allocator; see the module's text.
#[derive(Debug)]
pub(crate) struct SmallBlocks {
    lists: UnsafeCell<Lists>,
}

// SAFETY: the module has one thread.
#[expect(unsafe_code, reason = "a global allocator is a static")]
unsafe impl Sync for SmallBlocks {}

impl SmallBlocks {
    pub(crate) const fn new() -> Self {
        Self {
            lists: UnsafeCell::new(Lists {
                free: [null_mut(); LISTS],
                chunk: null_mut(),
                chunk_bytes: 0,
            }),
        }
    }
}

/// The list for blocks of a layout, unless it is large.
fn list_of(layout: Layout) -> Option<usize> {
    let list = layout.size().div_ceil(STEP);
    (list < LISTS && layout.align() <= STEP).then_some(list)
}

impl Lists {
    #[expect(unsafe_code, reason = "an allocator handles memory")]
    unsafe fn take(&mut self, list: usize) -> Block {
        let block = self.free[list];
        if block.is_null() {
            return self.cut(list * STEP);
        }
        // SAFETY: the block is free, so that its first bytes are the pointer that `give` wrote.
        self.free[list] = unsafe { block.cast::<Block>().read() };
        block
    }

    #[expect(unsafe_code, reason = "an allocator handles memory")]
    unsafe fn give(&mut self, list: usize, block: Block) {
        // SAFETY: the block is no longer used, aligned, and at least as large as a pointer.
        unsafe { block.cast::<Block>().write(self.free[list]) };
        self.free[list] = block;
    }

    /// A new block of the last chunk, or of a new one. What is left of the old one is lost: less than a block.
    #[cold]
    #[expect(unsafe_code, reason = "an allocator handles memory")]
    fn cut(&mut self, bytes: usize) -> Block {
        if self.chunk_bytes < bytes {
            // SAFETY: the layout has a size.
            let chunk = unsafe { System.alloc(CHUNK) };
            if chunk.is_null() {
                return chunk;
            }
            (self.chunk, self.chunk_bytes) = (chunk, CHUNK.size());
        }
        let block = self.chunk;
        // SAFETY: the chunk has these bytes left.
        self.chunk = unsafe { block.add(bytes) };
        self.chunk_bytes -= bytes;
        block
    }
}

// SAFETY: blocks come from chunks or from the standard allocator, never overlap, and are as large and as aligned as asked.
#[expect(unsafe_code, reason = "the trait is unsafe")]
unsafe impl GlobalAlloc for SmallBlocks {
    #[inline(never)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match list_of(layout) {
            // SAFETY: blocks in lists were given back.
            Some(list) => unsafe { self.lists().take(list) },
            // SAFETY: as asked of us.
            None => unsafe { System.alloc(layout) },
        }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match list_of(layout) {
            // SAFETY: the block came from this list.
            Some(list) => unsafe { self.lists().give(list, block) },
            // SAFETY: the block came from there.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // SAFETY: the caller sees to it that the size fits the alignment.
        let new_layout = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        match (list_of(layout), list_of(new_layout)) {
            (Some(old), Some(new)) if old == new => block,
            // SAFETY: the block came from there, and goes there.
            (None, None) => unsafe { System.realloc(block, layout, bytes) },
            _ => self.move_block(block, layout, new_layout),
        }
    }
}

impl SmallBlocks {
    #[expect(unsafe_code, reason = "a global allocator is shared")]
    #[expect(
        clippy::mut_from_ref,
        reason = "no caller keeps it: each takes one step"
    )]
    fn lists(&self) -> &mut Lists {
        // SAFETY: there is one thread, and no other reference: nothing done with the lists comes back here.
        unsafe { &mut *self.lists.get() }
    }

    #[expect(unsafe_code, reason = "an allocator handles memory")]
    fn move_block(&self, block: *mut u8, old: Layout, new: Layout) -> *mut u8 {
        // SAFETY: the layout has a size, as asked of `realloc`.
        let moved = unsafe { self.alloc(new) };
        if !moved.is_null() {
            // SAFETY: both blocks hold so many bytes, and differ.
            unsafe { block.copy_to_nonoverlapping(moved, old.size().min(new.size())) };
            // SAFETY: the block was made with this layout.
            unsafe { self.dealloc(block, old) };
        }
        moved
    }
}

#[cfg(test)]
#[expect(unsafe_code, reason = "an allocator handles memory")]
mod tests {
    use super::*;

    /// A block with what was written to it.
    struct Owned {
        start: *mut u8,
        layout: Layout,
        mark: u8,
    }

    impl Owned {
        fn fill(&self) {
            // SAFETY: the block holds so many bytes.
            unsafe { self.start.write_bytes(self.mark, self.layout.size()) };
        }

        fn is_intact(&self, bytes: usize) -> bool {
            // SAFETY: the block holds so many bytes, all of them written.
            let bytes = unsafe { std::slice::from_raw_parts(self.start, bytes) };
            bytes.iter().all(|&byte| byte == self.mark)
        }
    }

    #[test]
    fn blocks_keep_what_is_written_to_them_while_others_come_go_and_grow() {
        let allocator = SmallBlocks::new();
        let mut blocks: Vec<Owned> = Vec::new();
        let mut random = 1_u64;
        let mut draw = |below: usize| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (random >> 33) as usize % below
        };
        for step in 0..20_000 {
            let size = 1 + draw(if step % 10 == 0 { 5000 } else { 300 });
            match draw(3) {
                0 if !blocks.is_empty() => {
                    let block = blocks.swap_remove(draw(blocks.len()));
                    assert!(block.is_intact(block.layout.size()));
                    // SAFETY: the block was made with this layout, and is gone.
                    unsafe { allocator.dealloc(block.start, block.layout) };
                }
                1 if !blocks.is_empty() => {
                    let place = draw(blocks.len());
                    let block = &mut blocks[place];
                    let kept = size.min(block.layout.size());
                    // SAFETY: the block was made with this layout, the size is not 0.
                    block.start = unsafe { allocator.realloc(block.start, block.layout, size) };
                    block.layout = Layout::from_size_align(size, block.layout.align()).unwrap();
                    assert!(block.is_intact(kept));
                    block.fill();
                }
                _ => {
                    let layout = Layout::from_size_align(size, 1 << draw(6)).unwrap();
                    // SAFETY: the size is not 0.
                    let start = unsafe { allocator.alloc(layout) };
                    assert!(start.addr() % layout.align() == 0);
                    let mark = draw(256) as u8;
                    let block = Owned {
                        start,
                        layout,
                        mark,
                    };
                    block.fill();
                    blocks.push(block);
                }
            }
        }
        assert!(
            blocks
                .iter()
                .all(|block| block.is_intact(block.layout.size()))
        );
    }

    #[test]
    fn a_block_given_back_is_the_next_one_of_its_size() {
        let allocator = SmallBlocks::new();
        let layout = Layout::from_size_align(40, 8).unwrap();
        // SAFETY: the size is not 0.
        let first = unsafe { allocator.alloc(layout) };
        // SAFETY: the block goes back with its layout.
        unsafe { allocator.dealloc(first, layout) };
        // SAFETY: the size is not 0.
        let second = unsafe { allocator.alloc(layout) };
        assert_eq!(first, second);
    }
}
